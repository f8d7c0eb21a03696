"""Signing in again before something may come in: the choices wait in the session, and come back as posted (SR-3.6)."""

import time

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from consent.manifests.shapes import Direction
from consent.web.answers import see_other

KEPT_FOR = 600  # seconds


def asked_first(request: HttpRequest, flows: frozenset[str]) -> bool:
    """Whether these switches let something in and the member last proved who they are too long ago."""
    lets_in = any(flow.startswith(f"{Direction.IMPORT}:") for flow in flows)
    return lets_in and not proved_lately(request)


def proved_lately(request: HttpRequest) -> bool:
    """Whether the member proved who they are within the last five minutes (SR-3.6)."""
    proofs = [proof["at"] for proof in get_authentication_records(request, request.user)]
    return time.time() - max(proofs, default=0) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def keep_and_ask(
    request: HttpRequest, *, act: str, partner: str, flows: frozenset[str], back: str
) -> HttpResponse:
    """Keep the choices on our side and send the member to sign in once more; they come back to `back`."""
    request.session[_key(act, partner)] = {"flows": sorted(flows), "at": int(time.time())}
    return see_other(f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")


def kept(request: HttpRequest, *, act: str, partner: str) -> frozenset[str]:
    """Return the choices that waited, once."""
    found = request.session.pop(_key(act, partner), None)
    if not found or time.time() - found["at"] > KEPT_FOR:
        return frozenset()
    return frozenset(found["flows"])


def _key(act: str, partner: str) -> str:
    return f"waiting:{act}:{partner}"
