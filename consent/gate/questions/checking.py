"""`gate check`: from one line to a question and a snapshot, and from the decision to one line. Pure; reads no database.

Everything the gate needs is in the line; keys left out take the defaults of the contract. A key that the contract does
not know, or a value of another type, is an error of that line, said without repeating the value.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from consent.gate.decide import decide
from consent.gate.policy import Policy
from consent.gate.questions.lines import LineRefused, read, ref_of
from consent.gate.shapes import Datum, MemberFacts, Request, Snapshot
from consent.grants.facts import GrantFacts
from consent.grants.lifecycle import Status
from consent.manifests.shapes import Channel, Direction

Check = Callable[[Any], Any]
SINCE_EVER = datetime(1, 1, 1, tzinfo=UTC)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}", re.ASCII)
_FLOW = re.compile(r"(export|import):[a-z0-9_]{1,64}", re.ASCII)


class _Wrong(ValueError):
    """What to send instead."""


def answer(line: bytes | None, policy: Policy, now: datetime) -> dict[str, Any]:
    """Return the decision of one line, or `{"id": …, "error": "…"}`."""
    try:
        found = read(line)
        ref = ref_of(found)
        ask, snapshot = question(found, now)
    except LineRefused as refused:
        return {"id": refused.ref, "error": str(refused)}
    decided = decide(ask, snapshot, policy)
    return {
        "id": ref,
        "permit": decided.permit,
        "reason": decided.reason.value,
        "released": decided.fields,
        "policy": decided.policy,
    }


def question(found: dict[str, Any], now: datetime) -> tuple[Request, Snapshot]:
    """Return what a line asks and what it says is true. Raises LineRefused."""
    try:
        asked = _members(found, _LINE, "")
        member = _members(asked.get("member", {}), _MEMBER, "member.")
        document = asked.get("document")
        ask = Request(
            partner=_needed(asked, "partner"),
            direction=_needed(asked, "direction"),
            data_type=_needed(asked, "data_type"),
            at=asked.get("at", now),
            channel=asked.get("channel"),
            datum=_datum(document) if document is not None else None,
        )
        grant = _grant(asked["grant"]) if asked.get("grant") is not None else None
    except _Wrong as wrong:
        raise LineRefused(str(wrong), ref_of(found)) from None
    return ask, Snapshot(MemberFacts(**member), grant, asked.get("partner_status", "active"))


def _grant(found: Mapping[str, Any]) -> GrantFacts:
    grant = _members(found, _GRANT, "grant.")
    return GrantFacts(
        status=grant.get("status", Status.ACTIVE),
        granted_at=grant.get("granted_at", SINCE_EVER),
        expires_at=grant.get("expires_at"),
        history_from=grant.get("history_from"),
        on=dict.fromkeys(grant.get("on", ())),
        noticed=grant.get("noticed"),
        device_off=grant.get("device_off", frozenset()),
    )


def _datum(found: Mapping[str, Any]) -> Datum:
    document = _members(found, _DOCUMENT, "document.")
    kind, fields = _needed(document, "kind", "document."), _needed(document, "fields", "document.")
    return Datum(kind, fields, document.get("origin", "ring"))


def _members(found: Any, wanted: Mapping[str, Check], under: str) -> dict[str, Any]:
    """Return the members of an object, each checked."""
    if not isinstance(found, dict):
        raise _Wrong(f"{under.rstrip('.')}: give an object.")
    if any(key not in wanted for key in found):
        raise _Wrong(
            f"{under.rstrip('.') or 'The line'} has an unknown key. The keys are {', '.join(wanted)}."
        )
    checked = {}
    for key, value in found.items():
        try:
            checked[key] = wanted[key](value)
        except _Wrong as wrong:
            raise _Wrong(f"{under}{key}: {wrong}") from None
    return checked


def _needed(found: Mapping[str, Any], key: str, under: str = "") -> Any:
    if key not in found:
        raise _Wrong(f"{under}{key}: it is missing. Send it.")
    return found[key]


def _text(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise _Wrong("give a text of at most 200 characters.")
    return value


def _ref(value: Any) -> Any:
    if ref_of({"id": value}) is None and value is not None:
        raise _Wrong("give a text of at most 200 characters.")
    return value


def _object(value: Any) -> Any:
    if not isinstance(value, dict):
        raise _Wrong("give an object.")
    return value


def _one_of(*values: str) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str) or value not in values:
            raise _Wrong(f"give one of {', '.join(values)}.")
        return value

    return check


def _or_null(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def _moment(value: Any) -> datetime:
    try:
        if isinstance(value, str) and _MOMENT.fullmatch(value):
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise _Wrong("give a date and time with its offset from UTC, as 2026-11-20T12:00:00+00:00.")


def _day(value: Any) -> date:
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise _Wrong("give a day, as 2026-11-20.")


def _zone(value: Any) -> str:
    try:
        if isinstance(value, str) and _ZONE.fullmatch(value) and ZoneInfo(value):
            return value
    except (KeyError, ValueError, OSError):
        pass
    raise _Wrong("give the name of a time zone, as Europe/Helsinki.")


def _region(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z]{2}", value, re.ASCII):
        raise _Wrong("give an ISO 3166-1 code of two letters, as US.")
    return value


def _generation(value: Any) -> int:
    if type(value) is not int or not 1 <= value <= 99:
        raise _Wrong("give a whole number from 1.")
    return value


def _flows(value: Any) -> frozenset[str]:
    if not isinstance(value, list) or not all(
        isinstance(each, str) and _FLOW.fullmatch(each) for each in value
    ):
        raise _Wrong("give a list of flows, as export:workout.")
    return frozenset(value)


_LINE: Mapping[str, Check] = {
    "id": _ref,
    "partner": _text,
    "direction": lambda value: Direction(_one_of(*Direction)(value)),
    "data_type": _text,
    "channel": _or_null(lambda value: Channel(_one_of(*Channel)(value))),
    "at": _moment,
    "member": _object,
    "partner_status": _one_of("active", "suspended"),
    "grant": _or_null(_object),
    "document": _or_null(_object),
}
_MEMBER: Mapping[str, Check] = {
    "region": _region,
    "timezone": _zone,
    "ring_generation": _generation,
    "membership": _one_of("active", "lapsed"),
}
_GRANT: Mapping[str, Check] = {
    "status": lambda value: Status(_one_of(*Status)(value)),
    "noticed": _or_null(_flows),
    "history_from": _or_null(_day),
    "granted_at": _moment,
    "expires_at": _or_null(_moment),
    "on": _flows,
    "device_off": _flows,
}
_DOCUMENT: Mapping[str, Check] = {"kind": _text, "fields": _object, "origin": _text}
