"""What the rules read for one decision, as the log keeps it, and back again as a question. Pure; never a health value.

Of the document it holds where it came from, on which days it lies and what the flow's conditions ask, and, once it came
to a release, which of the flow's fields held a value (as bits), not what they held.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from consent.gate.conditions import earliest_day, first_day
from consent.gate.policy import Policy
from consent.gate.projection import project
from consent.gate.shapes import Datum, Decision, MemberFacts, Reason, Request, Snapshot
from consent.grants.facts import GrantFacts
from consent.grants.lifecycle import Status
from consent.manifests.shapes import Channel, Direction, Flow, OfTheCurrentLocalDay, SourceIn
from records.vocabulary.shapes import DocumentKind, Value
from records.vocabulary.tags import ONE_THAT_MAY, coded, entry_may_leave

Written = Mapping[str, Any]
_PLAIN: Mapping[Value, Any] = {Value.SAMPLE: {"items": []}, Value.STRINGS: []}


def written(ask: Request, snapshot: Snapshot, policy: Policy, decision: Decision) -> dict[str, Any]:
    """Return what the rules read, in JSON."""
    member, flow = snapshot.member, policy.flow(ask.partner, ask.flow)
    found: dict[str, Any] = {
        "at": ask.at.isoformat(),
        "channel": ask.channel.value if ask.channel else None,
        "partner_status": snapshot.partner_status,
        "member": [member.region, member.timezone, member.ring_generation, member.membership],
        "grant": _grant(snapshot.grant, ask.flow, flow, policy) if snapshot.grant else None,
    }
    if ask.datum is not None and decision.reason is not Reason.ERROR:
        kind = policy.kinds.get(ask.datum.kind)
        found["document"] = _document(ask, ask.datum, kind, flow, ZoneInfo(member.timezone))
        if kind and flow and decision.reason in {Reason.PERMITTED, Reason.NOTHING_TO_RELEASE}:
            found["document"]["held"] = _bits(flow, _held(ask.datum, kind, flow))
            found["document"]["envelope"] = sorted(_envelope(ask.datum, kind))
    return found


def read(partner: str, flow_key: str, found: Written, policy: Policy) -> tuple[Request, Snapshot]:
    """Return the question and the snapshot that the rules would read the same of."""
    direction, _, data_type = flow_key.partition(":")
    flow = policy.flow(partner, flow_key)
    zone = ZoneInfo(found["member"][1])
    at = datetime.fromisoformat(found["at"])
    datum = _datum(found["document"], policy, flow, zone) if "document" in found else None
    channel = Channel(found["channel"]) if found["channel"] else None
    ask = Request(partner, Direction(direction), data_type, at, channel, datum)
    grant = _grant_read(found["grant"], flow_key, flow) if found["grant"] else None
    return ask, Snapshot(MemberFacts(*found["member"]), grant, found["partner_status"])


def _grant(grant: GrantFacts, key: str, flow: Flow | None, policy: Policy) -> dict[str, Any]:
    parts = policy.data_types[flow.data_type].made_of if flow else ()
    shown = grant.on.get(key)
    return {
        "status": grant.status.value,
        "granted_at": grant.granted_at.isoformat(),
        "expires_at": grant.expires_at.isoformat() if grant.expires_at else None,
        "history_from": grant.history_from.isoformat() if grant.history_from else None,
        "noticed": None if grant.noticed is None else key in grant.noticed,
        "partner_changed": grant.partner_changed,
        "on": key in grant.on,
        "shown": None if shown is None or flow is None else _bits(flow, shown),
        "parts_on": [part for part in parts if f"export:{part}" in grant.on],
        "device_off": key in grant.device_off,
    }


def _grant_read(found: Written, key: str, flow: Flow | None) -> GrantFacts:
    shown = None if found["shown"] is None or flow is None else _fields(flow, found["shown"])
    on: dict[str, frozenset[str] | None] = {f"export:{part}": None for part in found["parts_on"]}
    return GrantFacts(
        status=Status(found["status"]),
        granted_at=datetime.fromisoformat(found["granted_at"]),
        expires_at=datetime.fromisoformat(found["expires_at"]) if found["expires_at"] else None,
        history_from=date.fromisoformat(found["history_from"]) if found["history_from"] else None,
        on=on | ({key: shown} if found["on"] else {}),
        noticed=None if found["noticed"] is None else frozenset({key} if found["noticed"] else ()),
        device_off=frozenset({key} if found["device_off"] else ()),
        partner_changed=found["partner_changed"],
    )


def _document(
    ask: Request, datum: Datum, kind: DocumentKind | None, flow: Flow | None, zone: ZoneInfo
) -> dict[str, Any]:
    earliest = earliest_day(datum, kind, zone) if kind is None or not kind.standing else None
    found: dict[str, Any] = {
        "kind": datum.kind,
        "origin": datum.origin,
        "day": earliest.isoformat() if earliest else None,
    }
    for condition in flow.when if flow else ():
        match condition:
            case SourceIn(sources):
                found["source_allowed"] = datum.fields.get("source") in sources
            case OfTheCurrentLocalDay(start):
                begins = first_day(datum, start, zone)
                found["begins"] = begins.isoformat() if begins else None
    if kind is not None and any(leaf.per_entry for leaf in kind.fields):
        found["entry_may_leave"] = entry_may_leave(kind, datum.fields)
    return found


def _datum(found: Written, policy: Policy, flow: Flow | None, zone: ZoneInfo) -> Datum:
    """Return a document of which the rules read the same, with a stand-in for each value that was held."""
    kind, fields = policy.kinds.get(found["kind"]), dict[str, Any]()
    if kind is None:
        return Datum(found["kind"], {"day": found["day"]}, found["origin"])
    for path in sorted(_fields(flow, found["held"])) if flow and "held" in found else ():
        name, _, own = path.partition(".")
        if name == kind.name:
            _put(fields, own.split("."), _PLAIN.get(kind.by_path[own].value, 0))
    fields |= dict.fromkeys(found.get("envelope", ()), "-")
    for condition in flow.when if flow else ():
        if isinstance(condition, SourceIn):
            fields["source"] = min(condition.sources, default="") if found["source_allowed"] else None
        elif found["begins"]:
            fields[condition.start] = _noon(found["begins"], zone)
    if "entry_may_leave" in found:
        fields |= coded(kind, ONE_THAT_MAY if found["entry_may_leave"] else None)
    if kind.day and found["day"]:
        fields[kind.day] = _noon(found["day"], zone) if kind.series else found["day"]
    return Datum(kind.name, fields, found["origin"])


def _held(datum: Datum, kind: DocumentKind, flow: Flow) -> Iterable[str]:
    """Yield the `kind.path` of the flow that would release something of the document."""
    for path in flow.fields.get(kind.name, ()):
        if project(datum.fields, kind=kind, paths=(path,)) is not None:
            yield f"{kind.name}.{path}"


def _envelope(datum: Datum, kind: DocumentKind) -> set[str]:
    """Return the names of the envelope that the document (or a row of it) has."""
    rows = datum.fields.get("rows")
    rows = rows if isinstance(rows, list) else [datum.fields]
    return {
        name
        for row in rows
        for name in kind.envelope
        if isinstance(row, Mapping) and row.get(name) is not None
    }


def _bits(flow: Flow, paths: Iterable[str]) -> str:
    held = frozenset(paths)
    return f"{sum(1 << bit for bit, path in enumerate(sorted(flow.field_set)) if path in held):x}"


def _fields(flow: Flow, bits: str) -> frozenset[str]:
    mask = int(bits, 16)
    return frozenset(path for bit, path in enumerate(sorted(flow.field_set)) if mask >> bit & 1)


def _put(fields: dict[str, Any], path: list[str], value: Any) -> None:
    name, rest = path[0], path[1:]
    if not rest:
        fields[name] = value
    elif name.endswith("[]"):
        items = fields.setdefault(name.removesuffix("[]"), [{}])
        _put(items[0], rest, value)
    else:
        _put(fields.setdefault(name, {}), rest, value)


def _noon(day: str, zone: ZoneInfo) -> str:
    return (datetime.fromisoformat(f"{day}T00:00:00").replace(tzinfo=zone) + timedelta(hours=12)).isoformat()
