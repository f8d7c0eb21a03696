"""The rules of the gate, in the order they are asked. The first that objects names the reason.

Pure: the same request, snapshot and policy give the same decision on any day, so that an old decision can be run again
and shown (GDPR Art. 7(1)). What no rule and no toggle allows does not leave. This is the readable definition; what
decides is the table compiled from the same policy (`compiled.py`), and a test holds the two to each other.
"""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from consent.gate.conditions import before_consent, first_day
from consent.gate.policy import Policy
from consent.gate.projection import project
from consent.gate.shapes import Decision, Reason, Request, Snapshot
from consent.grants.lifecycle import Status
from consent.manifests.shapes import Channel, Direction, Flow, Manifest, OfTheCurrentLocalDay, SourceIn
from records.vocabulary.shapes import Category
from records.vocabulary.tags import entry_may_leave

Rule = Callable[[Request, Snapshot, Policy], Reason | None]

ENDED = {
    Status.WITHDRAWN: Reason.GRANT_WITHDRAWN,
    Status.REVOKED: Reason.GRANT_REVOKED,
    Status.EXPIRED: Reason.GRANT_EXPIRED,
}
FIRST_GENERATION_WITH_MEMBERSHIP = 3


def womens_health(ask: Request, snapshot: Snapshot, policy: Policy) -> Reason | None:
    """Women's health goes to nobody; neither does what is made of it."""
    kind = policy.kinds.get(ask.datum.kind) if ask.datum else None
    if is_womens_health(ask.data_type, policy) or (kind and kind.womens_health):
        return Reason.WOMENS_HEALTH
    return None


def unknown_data_type(ask: Request, snapshot: Snapshot, policy: Policy) -> Reason | None:
    return None if ask.data_type in policy.data_types else Reason.UNKNOWN_DATA_TYPE


def partner_not_served(ask: Request, snapshot: Snapshot, policy: Policy) -> Reason | None:
    if ask.partner not in policy.manifests:
        return Reason.UNKNOWN_PARTNER
    return None if snapshot.partner_status == "active" else Reason.PARTNER_SUSPENDED


def flow_not_declared(ask: Request, snapshot: Snapshot, policy: Policy) -> Reason | None:
    """The manifest is the ceiling, direction by direction and channel by channel."""
    flow = policy.flow(ask.partner, ask.flow)
    if flow is None or (ask.channel is not None and ask.channel != flow.channel):
        return Reason.FLOW_NOT_DECLARED
    return None


def grant_not_live(ask: Request, snapshot: Snapshot, policy: Policy) -> Reason | None:
    """A yes has a beginning and an end; the instant of the end is after it."""
    grant = snapshot.grant
    if grant is None or ask.at < grant.granted_at:
        return Reason.NO_GRANT
    if grant.status != Status.ACTIVE:
        return ENDED[grant.status]  # a status that nobody knows breaks here: a no
    return Reason.GRANT_EXPIRED if grant.expires_at is not None and ask.at >= grant.expires_at else None


def notice_outdated(ask: Request, snapshot: Snapshot, policy: Policy) -> Reason | None:
    """What the partner asks for since then waits for a new yes; what was agreed goes on."""
    noticed = snapshot.grant.noticed if snapshot.grant else frozenset()
    return Reason.NOTICE_OUTDATED if noticed is not None and ask.flow not in noticed else None


def partner_changed(ask: Request, snapshot: Snapshot, policy: Policy) -> Reason | None:
    """A yes was to these people for these purposes: when that changes, all of it waits."""
    return Reason.PARTNER_CHANGED if snapshot.grant and snapshot.grant.partner_changed else None


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
                first_day(datum, start, zone) != ask.at.astimezone(zone).date()
            ):
                return Reason.NOT_CURRENT_DAY
    if ask.direction == Direction.EXPORT:
        since = snapshot.grant.history_from if snapshot.grant else None
        if before_consent(datum, policy.kinds.get(datum.kind), since, zone):
            return Reason.BEFORE_CONSENT
        if policy.stays_here(datum.origin):
            return Reason.ORIGIN_NOT_ALLOWED
    return None


def womens_health_entry(ask: Request, snapshot: Snapshot, policy: Policy) -> Reason | None:
    """An entry that names women's health drops out. Admission has sorted it already: if this fires, it is an alarm."""
    kind = policy.kinds.get(ask.datum.kind) if ask.datum else None
    if ask.datum is None or kind is None:
        return None
    return None if entry_may_leave(kind, ask.datum.fields) else Reason.WOMENS_HEALTH_ENTRY


RULES: tuple[Rule, ...] = (
    womens_health,
    unknown_data_type,
    partner_not_served,
    flow_not_declared,
    grant_not_live,
    notice_outdated,
    partner_changed,
    toggle_off,
    device_permission_off,
    region_not_served,
    membership_lapsed,
    conditions_not_met,
    womens_health_entry,
)


def by_the_rules(ask: Request, snapshot: Snapshot, policy: Policy) -> Decision:
    """Return the decision as the rules say it, one after the other. Raises what breaks while deciding."""
    manifest = policy.reviewed.get(ask.partner, "")
    for rule in RULES:
        if reason := rule(ask, snapshot, policy):
            return Decision(False, reason, policy.digest, manifest=manifest)
    flow = policy.manifests[ask.partner].flow(ask.flow)
    if flow is None or snapshot.grant is None:
        return Decision(False, Reason.ERROR, policy.digest, manifest=manifest)
    paths = paths_covered(flow, snapshot, policy.manifests[ask.partner], policy)
    mask = sum(1 << bit for bit, path in enumerate(sorted(flow.field_set)) if path in paths)
    if ask.datum is None:
        return Decision(True, Reason.PERMITTED, policy.digest, mask=mask, manifest=manifest)
    kind = policy.kinds.get(ask.datum.kind)
    own = {path.partition(".")[2] for path in paths if path.partition(".")[0] == ask.datum.kind}
    fields = project(ask.datum.fields, kind=kind, paths=own, granularity=flow.granularity) if kind else None
    if fields is None:
        return Decision(False, Reason.NOTHING_TO_RELEASE, policy.digest, manifest=manifest)
    return Decision(True, Reason.PERMITTED, policy.digest, fields, mask, manifest)


def paths_covered(flow: Flow, snapshot: Snapshot, manifest: Manifest, policy: Policy) -> frozenset[str]:
    """Return the `kind.path` that the flow declares now *and* its yes showed then.

    A part of a composite that the partner also has as a flow of its own goes in only while that is on.
    """
    grant = snapshot.grant
    if grant is None or flow.key not in grant.on:
        return frozenset()
    shown = grant.on[flow.key]
    covered = flow.field_set if shown is None else flow.field_set & shown
    if parts := policy.data_types[flow.data_type].made_of:
        closed = {
            part for part in parts if manifest.flow(f"export:{part}") and f"export:{part}" not in grant.on
        }
        covered = frozenset(path for path in covered if _belongs(path, policy) not in closed)
    return covered


def is_womens_health(data_type: str, policy: Policy) -> bool:
    """Whether a data type, or any part it is made of, is women's health. A part that nobody knows counts as such."""
    known = policy.data_types.get(data_type)
    if known is None:
        return False
    if known.category is Category.WOMENS_HEALTH or known.sensitivity.private:
        return True
    return any(part not in policy.data_types or is_womens_health(part, policy) for part in known.made_of)


def _belongs(path: str, policy: Policy) -> str | None:
    kind, _, name = path.partition(".")
    return policy.kinds[kind].by_path[name].data_type
