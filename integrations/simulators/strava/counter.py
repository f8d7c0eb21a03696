"""The counter every call to the simulated Strava passes: it writes down what came, and plays ill when told
to.

Written down: when, method, path, body. Tokens, codes and secrets are masked; a file is kept in clear, so that
whoever looks sees exactly what a partner would.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from integrations.simulators.store import Things, things
from integrations.simulators.strava import athletes

SECRET_NAMES = {
    "access_token",
    "refresh_token",
    "token",
    "code",
    "client_secret",
    "verify_token",
    "hub.verify_token",
}
MASK = "•••"
ILLS = ("401", "429", "500", "503", "garbage", "nothing", "lost")  # "lost": done, but the answer never comes
SILENCE_SECONDS = 15.0

View = Callable[..., HttpResponse]


def fault(status: int, message: str, *errors: dict[str, str]) -> JsonResponse:
    return JsonResponse({"message": message, "errors": list(errors)}, status=status)


def unauthorised() -> JsonResponse:
    return fault(401, "Authorization Error", {"resource": "Application", "field": "", "code": "invalid"})


def partner_side(view: View) -> View:
    """Mark a view as the partner's own: written down, no CSRF token of ours, ill when told to be."""

    @csrf_exempt
    @wraps(view)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        written = _as_text(request)
        with things() as store:
            path = request.path + (f"?{_masked(request.GET.items())}" if request.GET else "")
            row = {"at": _now(), "method": request.method, "path": path, "body": written}
            store.add("received", "strava", row)
            ill = _next_ill(store)
        response = _ill_answer(ill) or view(request, *args, **kwargs)
        if ill == "lost":
            time.sleep(float(getattr(settings, "SIMULATOR_SILENCE", SILENCE_SECONDS)))
        return _with_limits(request, response)

    return counted


def with_scope(*scopes: str) -> Callable[[View], View]:
    """Let a view be asked only with a live token in the header that has one of these scopes."""

    def wrap(view: View) -> View:
        @wraps(view)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            with things() as store:
                session = athletes.session(store, _token(request, store))
            if session is None:
                return unauthorised()
            if scopes and not {*scopes} & {*session["scopes"]}:
                missing = {"resource": "Athlete", "field": f"{scopes[0]}_permission", "code": "missing"}
                return fault(401, "Authorization Error", missing)
            return view(request, int(session["athlete"]), *args, **kwargs)

        return asked

    return wrap


def configured(store: Things, name: str, default: Any) -> Any:
    found = store.named("setting", name)
    return found[-1][1]["value"] if found else default


def configure(store: Things, name: str, value: Any) -> None:
    store.drop("setting", name)
    store.add("setting", name, {"value": value})


def fall_ill(store: Things, kind: str, times: int) -> None:
    """Let the next `times` calls go wrong in one of the ways of ILLS."""
    for _ in range(times):
        store.add("ill", "strava", {"kind": kind})


def _next_ill(store: Things) -> str:
    waiting = store.named("ill", "strava")
    if not waiting:
        return ""
    store.drop("ill", "strava")
    for _, row in waiting[1:]:
        store.add("ill", "strava", row)
    return str(waiting[0][1]["kind"])


def _ill_answer(ill: str) -> HttpResponse | None:
    if ill == "401":
        return unauthorised()
    if ill == "429":  # `errors` is a string here, and there is no Retry-After
        body = {"errors": "Rate Limit Exceeded", "status": 429, "message": "Too Many Requests"}
        return JsonResponse(body, status=429)
    if ill in {"500", "503"}:
        return HttpResponse("<html>Something went wrong</html>", status=int(ill))
    if ill == "garbage":
        return HttpResponse('{"id": [[[', content_type="application/json")
    if ill == "nothing":
        time.sleep(float(getattr(settings, "SIMULATOR_SILENCE", SILENCE_SECONDS)))
        return HttpResponse(status=504)
    return None


def _with_limits(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Add the four rate headers; on a POST the read usage is a lone comma."""
    if "/api/v3/" not in request.path:
        return response
    with things() as store:
        used = store.count("received")
    response["X-RateLimit-Limit"], response["X-RateLimit-Usage"] = "200,2000", f"{used % 200},{used % 2000}"
    response["X-ReadRateLimit-Limit"] = "100,1000"
    response["X-ReadRateLimit-Usage"] = "," if request.method == "POST" else f"{used % 100},{used % 1000}"
    return response


def _token(request: HttpRequest, store: Things) -> str:
    """Return the header's token; the query's only as long as "2027 mode" is off."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer" and token:
        return token
    return "" if configured(store, "mode_2027", default=False) else request.GET.get("access_token", "")


def _as_text(request: HttpRequest) -> str:
    kind = request.content_type or ""
    if kind.startswith("multipart/"):
        fields = _masked(request.POST.items())
        texts = []
        for name in request.FILES:
            for file in request.FILES.getlist(name):
                texts.append(file.read().decode("utf-8", "replace"))
                file.seek(0)
        return "\n".join([fields, *texts])
    if kind == "application/x-www-form-urlencoded":
        return _masked(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    return request.body.decode("utf-8", "replace")


def _masked(pairs: Any) -> str:
    return "&".join(f"{name}={MASK if name in SECRET_NAMES else value}" for name, value in pairs)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
