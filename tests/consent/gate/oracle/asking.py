"""A request and what was true, as Cedar is asked. Only facts are put down here; the engine draws the conclusions."""

from datetime import UTC, datetime, timedelta
from typing import Any

from consent.gate.shapes import Request, Snapshot
from tests.consent.gate.abstraction import value_at
from tests.consent.gate.oracle.reference import ONLY_TODAY, Facts, _stem

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def cedar_request(ask: Request, told: Snapshot) -> dict[str, Any]:
    facts = Facts(ask, told, {})
    member = told.member
    context: dict[str, Any] = {
        "at": _micros(ask.at),
        "today": ask.at.astimezone(facts.zone).date().toordinal(),
        "flow": ask.flow,
        "partner_status": told.partner_status,
        "member": {
            "region": member.region,
            "ring_generation": member.ring_generation,
            "membership": member.membership,
        },
    }
    if ask.channel is not None:
        context["channel"] = ask.channel.value
    if told.grant is not None:
        context["grant"] = _grant(ask, told)
    if ask.datum is not None:
        context["document"] = _document(ask, facts)
    return {
        "principal": {"type": "Partner", "id": ask.partner},
        "action": {"type": "Action", "id": ask.direction.value},
        "resource": {"type": "DataType", "id": ask.data_type},
        "context": context,
    }


def _micros(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


def _grant(ask: Request, told: Snapshot) -> dict[str, Any]:
    grant = told.grant
    found: dict[str, Any] = {
        "status": grant.status.value,
        "granted_at": _micros(grant.granted_at),
        "changed": grant.partner_changed,
        "on": sorted(grant.on),
        "device_off": sorted(grant.device_off),
    }
    if grant.expires_at is not None:
        found["expires_at"] = _micros(grant.expires_at)
    if grant.history_from is not None:
        found["history_from"] = grant.history_from.toordinal()
    if grant.noticed is not None:
        found["noticed"] = sorted(grant.noticed)
    if (shown := grant.on.get(ask.flow)) is not None:
        found["shown"] = sorted(shown)
    return found


def _document(ask: Request, facts: Facts) -> dict[str, Any]:
    kind, days = facts.kind, facts.days()
    leaves = kind.fields if kind else ()
    codes = [code for leaf in leaves if leaf.per_entry for code in _listed(facts.body.get(leaf.path))]
    found: dict[str, Any] = {
        "kind": ask.datum.kind,
        "origin": ask.datum.origin,
        "dated": days != [],
        "coded": any(leaf.per_entry for leaf in leaves),
        "codes": [_stem(code) or "none" if isinstance(code, str) else "none" for code in codes],
        "present": _holding(facts, facts.rows()),
        "timed": _holding(facts, [row for row in facts.rows() if _has_a_time(facts, row)]),
    }
    if isinstance(facts.body.get("source"), str):
        found["source"] = facts.body["source"]
    if days and None not in days:
        found["earliest"] = min(day.toordinal() for day in days if day)
    name = "timestamp" if "rows" in facts.body else ONLY_TODAY.get(facts.who, "start_datetime")
    if begun := [day for row in facts.rows() if (day := facts.day_of(row.get(name)))]:
        found["began"] = min(begun).toordinal()
    return found


def _holding(facts: Facts, rows: list[Any]) -> list[str]:
    paths = [leaf.path for leaf in facts.kind.fields] if facts.kind else []
    held = [path for path in paths if any(value_at(row, path) is not None for row in rows)]
    return [f"{facts.kind.name}.{path}" for path in held]


def _has_a_time(facts: Facts, row: Any) -> bool:
    return "rows" not in facts.body or facts.day_of(row.get("timestamp")) is not None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
