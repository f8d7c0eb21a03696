"""The rules of the gate, in the order they are asked. The first that objects names the reason.

Pure: the same request, snapshot and policy give the same decision on any day, so that an old decision can be run again
and shown (GDPR Art. 7(1)). What no rule and no toggle allows does not leave.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from consent.gate.policy import Policy
from consent.gate.shapes import Datum, Reason, Request, Snapshot
from consent.grants.lifecycle import Status
from consent.manifests.shapes import Channel, Direction, Manifest, OfTheCurrentLocalDay, SourceIn
from consent.manifests.validation import is_womens_health
from records.vocabulary.data_types import DATA_TYPES
from records.vocabulary.registry import kind_of
from records.vocabulary.tags import may_leave

Rule = Callable[[Request, Snapshot, Policy], Reason | None]

ENDED = {
    Status.WITHDRAWN: Reason.GRANT_WITHDRAWN,
    Status.REVOKED: Reason.GRANT_REVOKED,
    Status.EXPIRED: Reason.GRANT_EXPIRED,
}
FIRST_GENERATION_WITH_MEMBERSHIP = 3


def womens_health(ask: Request, snapshot: Snapshot, policy: Policy) -> Reason | None:
    """Women's health goes to nobody; neither does what is made of it."""
    data_type = DATA_TYPES.get(ask.data_type)
    kind = kind_of(ask.datum.kind) if ask.datum else None
    if (data_type and is_womens_health(data_type)) or (kind and kind.womens_health):
        return Reason.WOMENS_HEALTH
    return None


def unknown_data_type(ask: Request, snapshot: Snapshot, policy: Policy) -> Reason | None:
    return None if ask.data_type in DATA_TYPES else Reason.UNKNOWN_DATA_TYPE


def partner_not_served(ask: Request, snapshot: Snapshot, policy: Policy) -> Reason | None:
    if ask.partner not in policy.manifests:
        return Reason.UNKNOWN_PARTNER
    return None if snapshot.partner_status == "active" else Reason.PARTNER_SUSPENDED


def flow_not_declared(ask: Request, snapshot: Snapshot, policy: Policy) -> Reason | None:
    """The manifest is the ceiling, direction by direction and channel by channel."""
    flow = policy.flow(ask.partner, ask.flow)
    if flow is None or (ask.channel is not None and ask.channel is not flow.channel):
        return Reason.FLOW_NOT_DECLARED
    return None


def grant_not_live(ask: Request, snapshot: Snapshot, policy: Policy) -> Reason | None:
    """A yes has a beginning and an end; the instant of the end is after it."""
    grant = snapshot.grant
    if grant is None:
        return Reason.NO_GRANT
    if grant.status in ENDED:
        return ENDED[grant.status]
    if grant.expires_at is not None and ask.at >= grant.expires_at:
        return Reason.GRANT_EXPIRED
    return Reason.NO_GRANT if ask.at < grant.granted_at else None


def notice_outdated(ask: Request, snapshot: Snapshot, policy: Policy) -> Reason | None:
    """What the partner asks for since then waits for a new yes; what was agreed goes on."""
    grant = snapshot.grant
    if grant is None or grant.partner_changed:
        return Reason.PARTNER_CHANGED if grant else Reason.NO_GRANT
    if grant.noticed is not None and ask.flow not in grant.noticed:
        return Reason.NOTICE_OUTDATED
    return None


def toggle_off(ask: Request, snapshot: Snapshot, policy: Policy) -> Reason | None:
    """The member decides type by type and direction by direction; silence is off."""
    return None if snapshot.grant and ask.flow in snapshot.grant.on else Reason.TOGGLE_OFF


def device_permission_off(ask: Request, snapshot: Snapshot, policy: Policy) -> Reason | None:
    off = snapshot.grant is not None and ask.flow in snapshot.grant.device_off
    return Reason.DEVICE_PERMISSION_OFF if off else None


def region_not_served(ask: Request, snapshot: Snapshot, policy: Policy) -> Reason | None:
    regions = policy.manifests[ask.partner].regions
    return Reason.REGION_NOT_SERVED if regions is not None and snapshot.member.region not in regions else None


def membership_lapsed(ask: Request, snapshot: Snapshot, policy: Policy) -> Reason | None:
    """Ring generation 3 and later reads nothing through the partner API without membership."""
    flow = policy.flow(ask.partner, ask.flow)
    member = snapshot.member
    lapsed = member.membership != "active" and member.ring_generation >= FIRST_GENERATION_WITH_MEMBERSHIP
    return Reason.MEMBERSHIP_LAPSED if lapsed and flow and flow.channel is Channel.API else None


def conditions_not_met(ask: Request, snapshot: Snapshot, policy: Policy) -> Reason | None:
    """What a flow asks of each document, and what holds for all: nothing older than the yes, nothing passed on."""
    flow, datum = policy.flow(ask.partner, ask.flow), ask.datum
    if flow is None or datum is None:
        return None
    zone = ZoneInfo(snapshot.member.timezone)
    for condition in flow.when:
        match condition:
            case SourceIn(sources) if datum.fields.get("source") not in sources:
                return Reason.SOURCE_NOT_ALLOWED
            case OfTheCurrentLocalDay(start) if (
                _first_day(datum, start, zone) != ask.at.astimezone(zone).date()
            ):
                return Reason.NOT_CURRENT_DAY
    if ask.direction is Direction.EXPORT and _before_consent(datum, snapshot, zone):
        return Reason.BEFORE_CONSENT
    if ask.direction is Direction.EXPORT and policy.stays_here(datum.origin):
        return Reason.ORIGIN_NOT_ALLOWED
    return None


def womens_health_entry(ask: Request, snapshot: Snapshot, policy: Policy) -> Reason | None:
    """An entry that names women's health drops out. Admission has sorted it already: if this fires, it is an alarm."""
    if ask.datum is None or ask.datum.kind != "enhanced_tag":
        return None
    return None if may_leave(ask.datum.fields.get("tag_type_code")) else Reason.WOMENS_HEALTH_ENTRY


RULES: tuple[Rule, ...] = (
    womens_health,
    unknown_data_type,
    partner_not_served,
    flow_not_declared,
    grant_not_live,
    notice_outdated,
    toggle_off,
    device_permission_off,
    region_not_served,
    membership_lapsed,
    conditions_not_met,
    womens_health_entry,
)


def paths_covered(ask: Request, snapshot: Snapshot, manifest: Manifest) -> frozenset[str]:
    """Return the paths that the flow declares now *and* its yes showed then, of the datum's kind.

    A part of a composite that the partner also has as a flow of its own goes in only while that is on.
    """
    flow, grant, datum = manifest.flow(ask.flow), snapshot.grant, ask.datum
    if flow is None or grant is None or datum is None or ask.flow not in grant.on:
        return frozenset()
    kind, shown = kind_of(datum.kind), grant.on[ask.flow]
    declared = flow.fields.get(datum.kind, ())
    covered = {path for path in declared if shown is None or f"{datum.kind}.{path}" in shown}
    if kind and DATA_TYPES[flow.data_type].made_of:
        closed = {other.data_type for other in manifest.flows if other.key.startswith("export:")} - {
            key.partition(":")[2] for key in grant.on
        }
        covered = {path for path in covered if kind.by_path[path].data_type not in closed}
    return frozenset(covered)


def _before_consent(datum: Datum, snapshot: Snapshot, zone: ZoneInfo) -> bool:
    """Whether any part of the document is from before the first day of the yes. An unreadable day counts as before."""
    since = snapshot.grant.history_from if snapshot.grant else None
    if since is None:
        return False
    kind = kind_of(datum.kind)
    days = (
        _local_days(datum, "timestamp", zone)
        if kind and kind.series
        else {_day(datum.fields, kind.day if kind else "day")}
    )
    return any(day is None or day < since for day in days)


def _first_day(datum: Datum, name: str, zone: ZoneInfo) -> date | None:
    """Return the local day on which the document begins; None when that is unreadable."""
    days = [day for day in _local_days(datum, name, zone) if day is not None]
    return min(days, default=None)


def _local_days(datum: Datum, name: str, zone: ZoneInfo) -> set[date | None]:
    """Return the local days on which the document (or each row of a series) begins; None where that is unreadable."""
    rows = datum.fields.get("rows")
    if isinstance(rows, list):
        return {_moment_day(row, "timestamp", zone) for row in rows if isinstance(row, Mapping)} or {None}
    return {_moment_day(datum.fields, name, zone)}


def _moment_day(fields: Mapping[str, Any], name: str, zone: ZoneInfo) -> date | None:
    value = fields.get(name)
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment.astimezone(zone).date() if moment is not None and moment.tzinfo is not None else None


def _day(fields: Mapping[str, Any], name: str) -> date | None:
    value = fields.get(name)
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
