"""Removing a passkey: the library's page, with the rule for staff that it knows nothing of."""

from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.db import transaction
from django.http import HttpResponse

from records.members.mfa import keep_the_last_passkey


class RemovePasskey(RemoveWebAuthnView):  # type: ignore[misc]
    """Refuses the last passkey of staff (SR-3.7). Raises LastPasskey."""

    http_method_names = ["get", "head", "post"]  # Django's DELETE would pass by the form, and so by the rule

    @transaction.atomic
    def form_valid(self, form: object) -> HttpResponse:
        keep_the_last_passkey(self.get_object())
        answer: HttpResponse = super().form_valid(form)
        return answer
