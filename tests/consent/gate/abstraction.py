"""From a real request to its point in the proved space: what the proof says of the point holds of the request.

Written from the space's words: each axis asks one question of the real facts and forgets the rest.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from consent.gate.policy import Policy
from consent.gate.proof.invariants import Case
from consent.gate.proof.papers import IMPLICIT, Asked, Paper, sources, start
from consent.gate.proof.space import Situation, Subject, without_grant
from consent.gate.shapes import Datum, Request, Snapshot
from consent.grants.facts import GrantFacts
from consent.grants.lifecycle import Status
from consent.manifests.shapes import Direction, Flow, Granularity
from records.vocabulary.registry import DATA_TYPES, KINDS
from records.vocabulary.tags import may_leave


def point_of(ask: Request, snapshot: Snapshot, policy: Policy) -> Case:
    """Return the point that stands for a real request in a real situation."""
    subject = Subject(ask.partner, ask.direction, ask.data_type, policy.manifests.get(ask.partner))
    situation = _situation(ask, snapshot, subject)
    channel = IMPLICIT if ask.channel is None else ask.channel.value
    return Case(subject, situation, Asked(channel, _paper(ask, snapshot, subject, policy)))


def _situation(ask: Request, snapshot: Snapshot, subject: Subject) -> Situation:
    manifest, member, grant = subject.manifest, snapshot.member, snapshot.grant
    home = manifest is None or manifest.regions is None or member.region in manifest.regions
    paying = "active" if member.membership == "active" else "lapsed"
    found = Situation(
        partner="active" if snapshot.partner_status == "active" else "suspended",
        region="home" if home else "away",
        member=f"{paying}-{3 if member.ring_generation >= 3 else 2}",
    )
    if grant is None:
        return without_grant(found)
    return found._replace(
        grant=_life(grant, ask.at),
        toggle="with_others" if ask.flow in grant.on else "off",
        notice="shown" if grant.noticed is None or ask.flow in grant.noticed else "not_shown",
        terms="changed" if grant.partner_changed else "as_agreed",
        device="off" if ask.flow in grant.device_off else "on",
    )


def _life(grant: GrantFacts, at: datetime) -> str:
    if at < grant.granted_at:
        return "before_start"
    if grant.status is not Status.ACTIVE:
        return str(grant.status)
    return "at_expiry" if grant.expires_at is not None and at >= grant.expires_at else "live"


def _paper(ask: Request, snapshot: Snapshot, subject: Subject, policy: Policy) -> Paper:
    datum, flow, grant = ask.datum, subject.flow, snapshot.grant
    if datum is None:
        return Paper()
    kind = KINDS.get(datum.kind)
    if flow is None or grant is None:
        return Paper(datum.kind if kind else "aura")
    zone = ZoneInfo(snapshot.member.timezone)
    going_out = flow.direction is Direction.EXPORT
    origin = policy.manifests.get(datum.origin)
    found = Paper(
        kind=datum.kind if kind else "aura",
        source=_word(
            sources(flow) is None or datum.fields.get("source") in (sources(flow) or ()), "allowed", "other"
        ),
        start=_word(
            not start(flow) or _began(datum, flow, zone) == ask.at.astimezone(zone).date(),
            "today",
            "yesterday",
        ),
        day=_word(not going_out or _covered(datum, grant, zone), "covered", "before"),
        origin=_word(not (going_out and origin and origin.imports_stay), "ring", "stays"),
        entry=_word(_may_leave(datum), "may_leave", "private"),
    )
    closed = found._replace(kind="") != Paper()
    settled = closed or kind is None or kind.womens_health
    return found if settled or _releases(datum, flow, subject, grant) else Paper("aura")


def _word(holds: object, yes: str, no: str) -> str:
    return yes if holds else no


def _may_leave(datum: Datum) -> bool:
    leaves = [leaf for leaf in KINDS[datum.kind].fields if leaf.per_entry] if datum.kind in KINDS else []
    values = [datum.fields.get(leaf.path) for leaf in leaves]
    lists = [value if isinstance(value, list) else [value] for value in values]
    return all(codes and all(map(may_leave, codes)) for codes in lists)


def _began(datum: Datum, flow: Flow, zone: ZoneInfo) -> date | None:
    if isinstance(datum.fields.get("rows"), list):
        days = [_local(row.get("timestamp"), zone) for row in datum.fields["rows"] if isinstance(row, dict)]
    else:
        days = [_local(datum.fields.get(start(flow) or ""), zone)]
    return min((day for day in days if day), default=None)


def _covered(datum: Datum, grant: GrantFacts, zone: ZoneInfo) -> bool:
    kind = KINDS.get(datum.kind)
    if grant.history_from is None or (kind is not None and not kind.day):
        return True
    days: Iterable[date | None]
    if kind is not None and kind.series:
        rows = datum.fields.get("rows")
        many = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else [datum.fields]
        days = [_local(row.get("timestamp"), zone) for row in many] or [None]
    else:
        days = [_read(date.fromisoformat, str(datum.fields.get(kind.day if kind else "day"))[:10])]
    return all(day is not None and day >= grant.history_from for day in days)


def _local(written: Any, zone: ZoneInfo) -> date | None:
    moment = _read(datetime.fromisoformat, written)
    return moment.astimezone(zone).date() if moment is not None and moment.tzinfo else None


def _read(how: Any, written: Any) -> Any:
    try:
        return how(written) if isinstance(written, str) else None
    except ValueError:
        return None


def _releases(datum: Datum, flow: Flow, subject: Subject, grant: GrantFacts) -> bool:
    """Whether any field that the flow declares, the yes showed and no closed part holds back has a value."""
    shown = grant.on.get(flow.key, frozenset())
    closed = {
        part
        for part in DATA_TYPES[flow.data_type].made_of
        if subject.manifest and subject.manifest.flow(f"export:{part}") and f"export:{part}" not in grant.on
    }
    rows = datum.fields.get("rows") if KINDS[datum.kind].series else None
    places = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else [datum.fields]
    if isinstance(rows, list) and flow.granularity is not Granularity.AS_RECORDED:
        places = [row for row in places if _is_a_moment(row.get(KINDS[datum.kind].day))]
    return any(
        value_at(place, path) is not None
        for path in flow.fields.get(datum.kind, ())
        if shown is None or f"{datum.kind}.{path}" in shown
        if KINDS[datum.kind].by_path[path].data_type not in closed
        for place in places
    )


def _is_a_moment(written: Any) -> bool:
    """Whether a row tells when it was: of rows that do not, none is the first of its minute, or the newest."""
    found = _read(datetime.fromisoformat, written)
    return found is not None and found.tzinfo is not None


def value_at(place: Any, path: str) -> Any:
    """Return the value at a dotted path; of an array, that of the first item that has one."""
    name, _, rest = path.partition(".")
    found = place.get(name.removesuffix("[]")) if isinstance(place, dict) else None
    if not rest:
        return found
    if name.endswith("[]"):
        return next((value for item in found or [] if (value := value_at(item, rest)) is not None), None)
    return value_at(found, rest)
