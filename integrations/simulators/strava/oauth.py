"""The simulated Strava's sign-in: the page where an athlete ticks scopes, the token counter, and the ways to end it."""

import base64
import binascii
import secrets
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from integrations.simulators.store import things
from integrations.simulators.strava import athletes, webhooks
from integrations.simulators.strava.counter import configured, fault, partner_side, unauthorised

COOKIE = "simulated_strava_athlete"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
WORDS = {
    "read": "View your public profile",
    "activity:read": "View your activities",
    "activity:write": "Upload activities and edit them",
}


@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Ask the athlete; the answer goes back to the app with the scopes that stayed ticked."""
    asked = [scope for scope in request.GET.get("scope", "").split(",") if scope]
    callback, state = request.GET.get("redirect_uri", ""), request.GET.get("state", "")
    if (
        not _from_the_app(request)
        or request.GET.get("response_type") != "code"
        or not _ours(request, callback)
    ):
        return HttpResponseBadRequest("Bad Request: client_id, response_type or redirect_uri is invalid.")
    if not asked or not {*asked} <= {*athletes.SCOPES}:
        return HttpResponseBadRequest("Bad Request: scope is invalid.")
    athlete = _athlete(request)
    if request.method == "GET":
        ticks = [(scope, WORDS[scope]) for scope in athletes.SCOPES if scope in asked]
        page = render(request, "simulators/authorize.html", {"scopes": ticks, "athlete": athlete})
    elif request.POST.get("decision") != "authorize":
        page = _back(request, callback, {"state": state, "error": "access_denied"})
    else:
        ticked = [scope for scope in asked if scope in request.POST.getlist("scope")]
        with things() as store:
            code = athletes.new_code(store, athlete=athlete, scopes=ticked)
        page = _back(request, callback, {"state": state, "code": code, "scope": ",".join(ticked)})
    page.set_cookie(COOKIE, str(athlete), max_age=365 * 86400, httponly=True, samesite="Lax")
    return page


@partner_side
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    if not webhooks.is_the_app(request.POST.get("client_id"), request.POST.get("client_secret")):
        return unauthorised()
    kind = request.POST.get("grant_type")
    with things() as store:
        if kind == "authorization_code":
            given = athletes.exchange(store, request.POST.get("code", ""))
        elif kind == "refresh_token":
            given = athletes.refresh(store, request.POST.get("refresh_token", ""))
        else:
            return fault(400, "Bad Request", {"resource": "OAuth", "field": "grant_type", "code": "invalid"})
    if given is None:
        field = "code" if kind == "authorization_code" else "refresh_token"
        return fault(400, "Bad Request", {"resource": "RequestToken", "field": field, "code": "invalid"})
    return JsonResponse(given)


@partner_side
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """End a link by either of its tokens, with HTTP Basic; 200 also for one that was dead already."""
    if not webhooks.is_the_app(*_basic(request)):
        return unauthorised()
    with things() as store:
        athletes.revoke(store, request.POST.get("token", ""))
    return HttpResponse(status=200)


@partner_side
@require_POST
def deauthorize(request: HttpRequest) -> HttpResponse:
    """The old way, which ends in June 2027."""
    with things() as store:
        if configured(store, "mode_2027", default=False):
            return HttpResponse(status=404)
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if athletes.revoke(store, given) is None:
            return unauthorised()
    return JsonResponse({"access_token": given})


def _from_the_app(request: HttpRequest) -> bool:
    return request.GET.get("client_id") == str(settings.STRAVA_CLIENT_ID)


def _ours(request: HttpRequest, callback: str) -> bool:
    """Only a registered callback domain: here this machine, or whatever host serves this page."""
    url = urlsplit(callback)
    return url.scheme in {"http", "https"} and (url.hostname in LOOPBACK or url.netloc == request.get_host())


def _back(request: HttpRequest, callback: str, answer: dict[str, str]) -> HttpResponse:
    """Redirect when the page's form-action allows it, else show a page with a link."""
    address = f"{callback}{'&' if urlsplit(callback).query else '?'}{urlencode(answer)}"
    if urlsplit(callback).netloc == request.get_host():
        return HttpResponseRedirect(address)
    return render(request, "simulators/continue.html", {"address": address})


def _athlete(request: HttpRequest) -> int:
    known = request.COOKIES.get(COOKIE, "")
    return int(known) if known.isdecimal() and len(known) < 12 else 10_000_000 + secrets.randbelow(90_000_000)


def _basic(request: HttpRequest) -> tuple[str, str]:
    kind, _, pair = request.headers.get("Authorization", "").partition(" ")
    try:
        name, _, password = base64.b64decode(pair, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return (name, password) if kind.lower() == "basic" else ("", "")
