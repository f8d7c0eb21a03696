"""Who a program is at the token endpoint: its id and secret, in the body or as Basic, and how often it may be wrong."""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote_plus

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, QueryDict

from integrations.oauth import counting, credentials
from integrations.oauth.bearer import checksum
from integrations.oauth.models import Application, Code, RefreshToken, UsedCode
from integrations.oauth.validator import served


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a call to the token endpoint gets no further, in the words of RFC 6749, 5.2. `wait` is in seconds."""

    error: str
    description: str
    status: int = 400
    wait: int = 0


WRONG = Problem("invalid_client", "The client id or the secret is not right.", 401)
REPEATED = Problem("invalid_request", "A parameter is there twice. Send each one once.")
IN_THE_ADDRESS = Problem(
    "invalid_request", "Send parameters in the body of the request, none in its address."
)
UNREADABLE = Problem(
    "invalid_request", "A parameter holds characters that none of ours has. Send it as it was given."
)
TOO_LARGE = Problem("invalid_request", "Send a body of at most 1 MiB.", 413)
NO_FORM = Problem("invalid_request", "Send the body as application/x-www-form-urlencoded.")
FORM = "application/x-www-form-urlencoded"
LONGEST = 4096  # characters of one parameter


def readable(request: HttpRequest) -> Problem | None:
    """Return what is wrong with how a call was sent: repeated, in the address, or not text (SR-2.14, SR-4.8)."""
    if request.GET:
        return IN_THE_ADDRESS
    form = form_of(request)
    if isinstance(form, Problem):
        return form
    if request.content_type != FORM and request.headers.get("Content-Length", "0") not in {"", "0"}:
        return NO_FORM
    for _, values in form.lists():
        if len(values) > 1:
            return REPEATED
        if len(values[0]) > LONGEST or not plain(values[0]):
            return UNREADABLE
    return None


def form_of(request: HttpRequest) -> QueryDict | Problem:
    """Return the form that a call carries. A body of another kind is not taken apart: it is no form, an empty one."""
    if request.content_type != FORM:
        return QueryDict()
    try:
        return request.POST
    except RequestDataTooBig:
        return TOO_LARGE
    except (BadRequest, SuspiciousOperation):  # another character set; more parameters than anybody needs
        return UNREADABLE


def plain(told: str) -> bool:
    """Whether a parameter holds printable text only: no NUL, no line break, no half of a character."""
    return told.isprintable() and not any(
        "\ud800" <= letter <= "\udfff" or letter == "\ufffd" for letter in told
    )


def authenticated(request: HttpRequest, *, at: datetime) -> Application | Problem:
    """Return the application whose id and secret a call carries. Each failure is counted, and too many are refused.

    Called before a transaction begins: it writes a count of its own.
    """
    return admitted(_named(request), request, at=at)


def admitted(named: tuple[str, str] | None, request: HttpRequest, *, at: datetime) -> Application | Problem:
    """Return the application of an id and a secret, wherever a call carries them; None = it carries none.

    Who has the secret does not guess it: wrong ones of others, who know its id alone, do not keep an application out.
    """
    if named is None:
        return WRONG
    client_id, secret = named
    application = Application.objects.prefetch_related("secrets").filter(client_id=client_id).first()
    if application is None or not credentials.is_secret_of(application, secret, at=at):
        wrong = f"failures:{application.pk}" if application else f"failures from:{_address(request)}"
        if counting.counted(wrong, at=at) >= settings.OAUTH_FAILURES_A_MINUTE:
            return _too_many(at)  # nothing is written for whoever goes on
        counting.count(wrong, at=at)
        return WRONG
    if counting.counted(_guesses(application), at=at) >= settings.OAUTH_FAILURES_A_MINUTE:
        return _too_many(at)
    if counting.count(f"calls:{application.pk}", at=at) > settings.OAUTH_CALLS_A_MINUTE:
        return _too_many(at)
    if not served(application.partner):
        return Problem(
            "unauthorized_client", "This application is suspended. Ask its owner to write to us.", 400
        )
    return application


def failed(application: Application, request: HttpRequest, *, at: datetime) -> None:
    """Count a code or token that we never gave this application: guessing is refused as wrong secrets are (SR-4.10).

    One that was used before, or whose grant has ended, is no guess: an aggregator has many members who leave.
    """
    code, refresh = checksum(request.POST.get("code", "")), checksum(request.POST.get("refresh_token", ""))
    given = (
        Code.objects.filter(code=code, application=application).exists()
        or UsedCode.objects.filter(code=code, family__application=application).exists()
        or RefreshToken.objects.filter(token_checksum=refresh, application=application).exists()
    )
    if not given:
        counting.count(_guesses(application), at=at)


def _guesses(application: Application) -> str:
    return f"guesses:{application.pk}"


def _too_many(at: datetime) -> Problem:
    wait = counting.seconds_left(at)
    return Problem("temporarily_unavailable", f"Too many calls. Try again in {wait} seconds.", 429, wait)


def _named(request: HttpRequest) -> tuple[str, str] | None:
    """Return the id and secret of a call. Both ways at once are refused, unless they say the same (RFC 6749, 2.3)."""
    posted = (request.POST.get("client_id", ""), request.POST.get("client_secret", ""))
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return posted if all(posted) else None
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    client_id, colon, secret = decoded.partition(":")
    basic = (unquote_plus(client_id), unquote_plus(secret))
    if not colon or not all(plain(part) and part for part in basic):
        return None
    return basic if posted[0] in {"", basic[0]} and posted[1] in {"", basic[1]} else None


def _address(request: HttpRequest) -> str:
    """Return the caller's address as a short digest: for counting only."""
    return hashlib.sha256(request.META.get("REMOTE_ADDR", "").encode()).hexdigest()[:32]
