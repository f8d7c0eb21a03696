"""Reading the body of a call strictly: small plain JSON, each key once. What is wrong is said without an echo (SR-4.8).

The words are a validation list: each item has `loc`, `msg` and `type`. A name that does not exist is refused in
the same words whatever it is, women's health too.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

from integrations.api.errors import Problem
from integrations.events.names import DATA_TYPES, EVENT_TYPES

LARGEST = 16 * 1024  # bytes
LONGEST_ADDRESS, LONGEST_TOKEN = 2048, 1024  # characters
NAMES = frozenset({"callback_url", "verification_token", "event_type", "data_type"})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
TOO_LARGE = Problem(413, f"Send a body of at most {LARGEST} bytes.")
Fault = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a call asks a subscription to be; None = leave as it is. Never printed: the token is a secret."""

    verification_token: str
    callback_url: str | None
    event_type: str | None
    data_type: str | None

    def __repr__(self) -> str:
        return "Wanted(•••)"


class _NotPlainError(ValueError):
    """A body that is no plain JSON object."""


def wanted(request: HttpRequest, *, whole: bool) -> Wanted | Problem:
    """Return what a call asks for. `whole`: everything has to be there; else the token alone, and null is allowed."""
    try:
        body = request.body
    except RequestDataTooBig:
        return TOO_LARGE
    if len(body) > LARGEST:
        return TOO_LARGE
    try:
        told = _parsed(body)
    except (ValueError, RecursionError):
        return Problem(422, [_fault((), "The body is not a JSON object that can be read.", "json_invalid")])
    if set(told) - NAMES:
        says = f"The members of the body are: {', '.join(sorted(NAMES))}"
        return Problem(422, [_fault((), says, "extra_forbidden")])
    required = {"verification_token", *(("callback_url", "event_type", "data_type") if whole else ())}
    found = (
        _text(told, "callback_url", required, LONGEST_ADDRESS),
        _text(told, "verification_token", required, LONGEST_TOKEN),
        _one_of(told, "event_type", required, EVENT_TYPES),
        _one_of(told, "data_type", required, DATA_TYPES),
    )
    if faults := [each for each in found if isinstance(each, dict)]:
        return Problem(422, faults)
    address = told.get("callback_url")
    if address is not None and not callable_address(address):
        return Problem(422, [_fault(("callback_url",), "The address must be a plain https:// one.", "url")])
    return Wanted(told["verification_token"], address, told.get("event_type"), told.get("data_type"))


def callable_address(text: str) -> bool:
    """Whether an address is of the form that we call: https on 443, or a listed loopback port of the demo world."""
    try:
        split = urlsplit(text)
        host, port = split.hostname or "", split.port
    except ValueError:
        return False
    if not text.isascii() or " " in text or "\\" in text or "#" in text or "@" in split.netloc or not host:
        return False
    if split.scheme == "http" and host in LOOPBACK:
        return bool(settings.DEMO) and (port or 80) in settings.EGRESS_LOOPBACK_PORTS
    return split.scheme == "https" and port in {None, 443}


def unverified() -> Problem:
    """Return the one answer to whatever went wrong with a challenge: it tells nothing of what is behind the address."""
    says = "The address did not answer the challenge. It must answer 200 with the challenge as JSON."
    return Problem(422, [_fault(("callback_url",), says, "challenge_failed")])


def _parsed(body: bytes) -> dict[str, Any]:
    found = json.loads(body.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_number)
    if not isinstance(found, dict):
        raise _NotPlainError
    return found


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _NotPlainError
    return found


def _no_number(name: str) -> NoReturn:
    raise _NotPlainError


def _text(told: Mapping[str, Any], name: str, required: set[str], longest: int) -> Fault | None:
    value = told.get(name)
    if value is None and name not in required:
        return None
    if name not in told:
        return _fault((name,), "Field required", "missing")
    if not isinstance(value, str):
        return _fault((name,), "Input should be a valid string", "string_type")
    if not 0 < len(value) <= longest:
        return _fault((name,), f"Text should have 1 to {longest} characters", "string_length")
    if not value.isprintable():
        return _fault((name,), "Text should hold printable characters only", "string_pattern")
    return None


def _one_of(told: Mapping[str, Any], name: str, required: set[str], known: Sequence[str]) -> Fault | None:
    if told.get(name) is None and name not in required:
        return None
    if name not in told:
        return _fault((name,), "Field required", "missing")
    if told[name] not in known if isinstance(told[name], str) else True:
        listed = ", ".join(f"'{each}'" for each in known[:-1])
        return _fault((name,), f"Input should be {listed} or '{known[-1]}'", "enum")
    return None


def _fault(where: tuple[str, ...], says: str, kind: str) -> Fault:
    return {"loc": ["body", *where], "msg": says, "type": kind}
