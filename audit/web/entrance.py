"""Who may come in to the compliance face: the compliance role, signed in with a passkey (SR-3.7, SR-9.2)."""

from collections.abc import Callable
from datetime import UTC
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from audit.log.planning import planned_anew

COMPLIANCE = "compliance"
FORBIDDEN = 403


def compliance_page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Sign-in first. For everybody but compliance there is no such page; times are UTC, and no cache keeps a copy."""

    @wraps(view)
    @login_required
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if getattr(request.user, "role", "") != COMPLIANCE:
            raise Http404
        if not settings.DEMO and not came_with_a_passkey(request):
            return render(request, "audit/passkey.html", status=FORBIDDEN)
        with timezone.override(UTC), planned_anew():
            response = view(request, *args, **kwargs)
        patch_cache_control(response, no_store=True, private=True)
        return response

    return inside


def came_with_a_passkey(request: HttpRequest) -> bool:
    """Whether a passkey was shown when this session began, alone or after the password (SR-3.7)."""
    return any(
        (record.get("method"), record.get("type")) == ("mfa", "webauthn")
        for record in get_authentication_records(request, request.user)
    )


def account_of(request: HttpRequest) -> UUID:
    """Return the id of the account that is signed in. The log knows it by a pseudonym only."""
    account = request.user.pk
    if not isinstance(account, UUID):
        raise Http404
    return account
