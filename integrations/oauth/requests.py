"""Checking an authorization request before anyone is asked anything (RFC 6749, 4.1.1; RFC 7636; SR-2.3 to 2.5).

What is wrong with the client or its address is told to the member, on a page of ours: no browser is sent to an address
that is not registered. What else is wrong goes back to the client, with its state.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.http import QueryDict
from oauthlib.oauth2.rfc6749 import errors

from integrations.oauth.answers import SENTENCES
from integrations.oauth.clients import plain
from integrations.oauth.inquiries import Asked
from integrations.oauth.models import Application
from integrations.oauth.server import server
from integrations.oauth.views.metadata import issuer

LONGEST = 2048  # characters of one parameter
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # base64url of a SHA-256
KNOWN = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Checked:
    """A request that may be put to the member."""

    application: Application
    asked: Asked


@dataclass(frozen=True, slots=True)
class Unusable:
    """A request that no client can be told about: `sentence` stands on a page."""

    sentence: str


@dataclass(frozen=True, slots=True)
class SentBack:
    """A request that its client is told about, at its registered address."""

    address: str


def check(query: QueryDict) -> Checked | Unusable | SentBack:
    """Check an authorization request. Empty parameters count as absent; `prompt` and `approval_prompt` as nothing."""
    for name, values in query.lists():
        if name in KNOWN and len(values) > 1:
            return Unusable("A part of the request is there twice.")
        if any(len(value) > LONGEST or not plain(value) for value in values):
            return Unusable("A part of the request cannot be read.")
    sent = {name: str(query[name]) for name in KNOWN if query.get(name)}
    try:
        scopes, found = server().validate_authorization_request(
            f"/oauth/authorize?{urlencode(sent)}", "GET", None, {}
        )
    except errors.FatalClientError:
        return Unusable("The app is not known here, is suspended, or named an address that is not its own.")
    except errors.OAuth2Error as problem:
        return _told(problem, sent)
    address, challenge = str(found["redirect_uri"]), sent.get("code_challenge", "")
    if challenge and (sent.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(challenge)):
        return refusal(
            address, sent.get("state"), "invalid_request", "The code challenge has to be made by S256."
        )
    if not challenge and "code_challenge_method" in sent:
        return refusal(address, sent.get("state"), "invalid_request", "The code challenge is missing.")
    asked = Asked(address, "redirect_uri" in sent, sent.get("state"), tuple(scopes), challenge)
    return Checked(found["request"].client, asked)


def refusal(address: str, state: str | None, error: str, description: str) -> SentBack:
    return SentBack(answered(address, error=error, error_description=description, state=state))


def answered(address: str, **parts: str | None) -> str:
    """Return a client's address with an answer of ours; `iss` says whose it is (RFC 9207)."""
    told = urlencode({name: value for name, value in {**parts, "iss": issuer()}.items() if value is not None})
    split = urlsplit(address)
    return urlunsplit(split._replace(query="&".join(part for part in (split.query, told) if part)))


def _told(problem: errors.OAuth2Error, sent: dict[str, str]) -> SentBack | Unusable:
    """Tell the client at the address that was checked: its own, or the only one it registered."""
    application = Application.objects.filter(client_id=sent.get("client_id", "")).first()
    registered = application.redirect_uris.split() if application else []
    address = sent.get("redirect_uri") or (registered[0] if len(registered) == 1 else "")
    if address not in registered:
        return Unusable("The app named an address that is not its own.")
    error = problem.error or "invalid_request"
    described = problem.description or SENTENCES.get(error, SENTENCES["invalid_request"])
    return refusal(address, sent.get("state"), error, described)
