"""The member's way back from a partner."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_GET

from consent.manifests.register import manifest_of
from consent.web.answers import callback_base, see_other
from integrations.connectors import linking, registry
from integrations.connectors.errors import CallbackRefused
from integrations.connectors.linking import CALLBACK_PATH, Answer, Callback
from records.members.models import Member

SENTENCES: dict[Answer, str] = {
    Answer.OPENED: "{name} is connected.",
    Answer.PARTIAL: "{name} is connected, but it agreed to less than you turned on. You can try again or stop.",
    Answer.REFUSED: "{name} said no, so nothing goes out and nothing comes in. You can try again or stop.",
    Answer.TRY_AGAIN: "{name} did not answer as it should, so nothing goes out yet. Please try again.",
    Answer.STOPPED: "You stopped before {name} answered. Nothing went out.",
}
LONGEST = 2048  # characters of a callback's part; longer ones are not a partner's


@login_required
@require_GET
def callback(request: HttpRequest, partner: str) -> HttpResponse:
    """Take the partner's answer, once, and show the partner's page with a sentence."""
    manifest = manifest_of(partner)
    if manifest is None or registry.find(partner) is None:
        raise Http404
    assert isinstance(request.user, Member)  # noqa: S101 (login_required)
    try:
        answer = linking.complete(
            member_id=request.user.id,
            partner=partner,
            answer=_read(request),
            callback=callback_base(request) + CALLBACK_PATH.format(partner=partner),
        )
    except CallbackRefused as refused:
        page = {"partner": partner, "name": manifest.name, "sentence": str(refused)}
        return _private(render(request, "integrations/callback_refused.html", page, status=400))
    level = messages.SUCCESS if answer is Answer.OPENED else messages.WARNING
    messages.add_message(request, level, SENTENCES[answer].format(name=manifest.name))
    return _private(see_other(reverse("consent:manage", args=[partner])))


def _read(request: HttpRequest) -> Callback:
    """Read a callback. Raises CallbackRefused when a part is missing, repeated or absurd; nothing was used up."""
    parts = {}
    for name in ("state", "code", "error", "scope"):
        values = request.GET.getlist(name)
        if len(values) > 1 or any(len(value) > LONGEST or "\x00" in value for value in values):
            raise CallbackRefused
        parts[name] = values[0] if values else None
    if not parts["state"] or bool(parts["code"]) == bool(parts["error"]):
        raise CallbackRefused
    return Callback(
        state=parts["state"], code=parts["code"] or "", error=parts["error"] or "", scope=parts["scope"]
    )


def _private(response: HttpResponse) -> HttpResponse:
    """The address holds a code: keep it out of caches and out of the next page's referrer."""
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "no-referrer"
    return response
