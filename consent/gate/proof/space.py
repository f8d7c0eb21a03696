"""The finite space the gate is proved over: every situation a member can be in, every question a partner can ask. Pure.

A real request differs from a point here only in what no rule reads (a day's date, a measurement, a name); a test draws
real requests and holds them to their point. Each value of an axis carries the one reason it objects with, so the
answer of a point is read off its values in DESIGN's order and not from the rules it is held against.
Boundaries are the values: the first day itself, the last moment, the instant of the end. The clock stands at an hour
when the member's day is not the UTC day.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import NamedTuple

from consent.gate.policy import Policy
from consent.gate.shapes import MemberFacts, Reason, Snapshot
from consent.grants.facts import GrantFacts
from consent.grants.lifecycle import Status
from consent.manifests.shapes import Channel, Direction, Flow, Manifest
from records.vocabulary.registry import DATA_TYPES, WOMENS_HEALTH, fields_of

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
ZONE = "America/New_York"  # where it is still the evening of the 19th
TODAY = date(2026, 11, 19)
MOMENT = timedelta(microseconds=1)
NOBODY = "nobody"  # a partner that is not registered
NO_TYPE = "aura"  # a data type that does not exist

ORDER: tuple[Reason, ...] = (
    Reason.WOMENS_HEALTH,
    Reason.UNKNOWN_DATA_TYPE,
    Reason.UNKNOWN_PARTNER,
    Reason.PARTNER_SUSPENDED,
    Reason.FLOW_NOT_DECLARED,
    Reason.NO_GRANT,
    Reason.GRANT_WITHDRAWN,
    Reason.GRANT_REVOKED,
    Reason.GRANT_EXPIRED,
    Reason.NOTICE_OUTDATED,
    Reason.PARTNER_CHANGED,
    Reason.TOGGLE_OFF,
    Reason.DEVICE_PERMISSION_OFF,
    Reason.REGION_NOT_SERVED,
    Reason.MEMBERSHIP_LAPSED,
    Reason.SOURCE_NOT_ALLOWED,
    Reason.NOT_CURRENT_DAY,
    Reason.BEFORE_CONSENT,
    Reason.ORIGIN_NOT_ALLOWED,
    Reason.WOMENS_HEALTH_ENTRY,
    Reason.NOTHING_TO_RELEASE,
    Reason.PERMITTED,
)
RANK: Mapping[Reason, int] = {reason: rank for rank, reason in enumerate(ORDER)}


class Situation(NamedTuple):
    """What is true of member, grant and partner: one value of each axis in `SITUATIONS`."""

    partner: str = "active"
    grant: str = "live"
    toggle: str = "with_others"
    notice: str = "shown"
    terms: str = "as_agreed"
    device: str = "on"
    region: str = "home"
    member: str = "active-3"


# The first value of each axis is the most permissive one.
SITUATIONS: Mapping[str, tuple[str, ...]] = {
    "partner": ("active", "suspended"),
    "grant": (
        "live", "first_moment", "last_moment", "none", "withdrawn", "revoked", "expired", "before_start", "at_expiry",
    ),
    "toggle": ("with_others", "alone", "part", "off"),
    "notice": ("shown", "not_shown"),
    "terms": ("as_agreed", "changed"),
    "device": ("on", "off"),
    "region": ("home", "away"),
    "member": ("active-3", "active-2", "lapsed-2", "lapsed-3"),
}  # fmt: skip
LIVE = frozenset({"live", "first_moment", "last_moment"})
# For each value of an axis, those that permit at least as much.
ABOVE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    name: dict.fromkeys(values[1:], values[:1]) for name, values in SITUATIONS.items()
} | {
    "grant": {"live": ("first_moment", "last_moment")}
    | {value: ("live",) for value in SITUATIONS["grant"] if value != "live"},
    "member": {"active-3": ("active-2",), "lapsed-2": ("active-2",), "lapsed-3": ("active-3", "lapsed-2")},
}
OBJECTIONS: Mapping[str, Mapping[str, Reason]] = {
    "partner": {"suspended": Reason.PARTNER_SUSPENDED},
    "grant": {
        "none": Reason.NO_GRANT,
        "before_start": Reason.NO_GRANT,
        "withdrawn": Reason.GRANT_WITHDRAWN,
        "revoked": Reason.GRANT_REVOKED,
        "expired": Reason.GRANT_EXPIRED,
        "at_expiry": Reason.GRANT_EXPIRED,
    },
    "notice": {"not_shown": Reason.NOTICE_OUTDATED},
    "terms": {"changed": Reason.PARTNER_CHANGED},
    "toggle": {"off": Reason.TOGGLE_OFF},
    "device": {"off": Reason.DEVICE_PERMISSION_OFF},
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about: one data type of one partner in one direction, declared or not."""

    partner: str
    direction: Direction
    data_type: str
    manifest: Manifest | None

    @property
    def key(self) -> str:
        return f"{self.direction}:{self.data_type}"

    @property
    def flow(self) -> Flow | None:
        return self.manifest.flow(self.key) if self.manifest else None

    @property
    def womens_health(self) -> bool:
        return named_womens_health(self.data_type)


def named_womens_health(data_type: str) -> bool:
    """Whether a data type is women's health, or made of it."""
    parts = DATA_TYPES[data_type].made_of if data_type in DATA_TYPES else ()
    return data_type in WOMENS_HEALTH or any(named_womens_health(part) for part in parts)


def subjects(policy: Policy) -> Iterator[Subject]:
    """Yield every partner, and one unknown, with every data type, and one unknown, in both directions.

    What a partner declares comes first: a fault is found where it lets something through.
    """
    for slug, manifest in [*sorted(policy.manifests.items()), (NOBODY, None)]:
        asked = [Subject(slug, way, key, manifest) for key, way in product([*DATA_TYPES, NO_TYPE], Direction)]
        yield from sorted(asked, key=lambda subject: subject.flow is None)


def situations(axes: Mapping[str, tuple[str, ...]]) -> Iterator[Situation]:
    """Yield every situation on these axes. Without a grant there is no toggle, notice or term to differ."""
    names = list(axes)
    for values in product(*axes.values()):
        found = Situation(**dict(zip(names, values, strict=True)))
        if found.grant != "none" or found == without_grant(found):
            yield found


def without_grant(found: Situation) -> Situation:
    return found._replace(grant="none", toggle="off", notice="shown", terms="as_agreed", device="on")


def steps_away(found: Situation) -> int:
    """Return on how many axes a situation differs from the one in which all is allowed; no grant is one step."""
    usual = without_grant(Situation()) if found.grant == "none" else Situation()
    return (found.grant == "none") + sum(one != other for one, other in zip(found, usual, strict=True))


def objection(found: Situation, subject: Subject) -> Reason:
    """Return the first reason for which nothing may leave in this situation; PERMITTED when there is none."""
    told = [of[getattr(found, name)] for name, of in OBJECTIONS.items() if getattr(found, name) in of]
    manifest, flow = subject.manifest, subject.flow
    if manifest and manifest.regions is not None and found.region == "away":
        told.append(Reason.REGION_NOT_SERVED)
    if flow and flow.channel is Channel.API and found.member == "lapsed-3":
        told.append(Reason.MEMBERSHIP_LAPSED)
    return min(told, key=RANK.__getitem__, default=Reason.PERMITTED)


def shown_in_part(flow: Flow) -> frozenset[str]:
    """Return the one field that a yes to a part of the flow covers."""
    return frozenset(sorted(flow.field_set)[:1])


def covered(flow: Flow, manifest: Manifest, kind: str, toggle: str) -> frozenset[str]:
    """Return the paths of a kind that may leave: declared now, shown then, and no part that has a closed switch."""
    shown = shown_in_part(flow) if toggle == "part" else flow.field_set
    paths = {path for path in flow.fields.get(kind, ()) if f"{kind}.{path}" in shown}
    parts = DATA_TYPES[flow.data_type].made_of if flow.data_type in DATA_TYPES else ()
    if toggle == "alone" and flow.direction is Direction.EXPORT:
        for part in parts:
            if manifest.flow(f"export:{part}") is not None:
                paths -= {leaf.path for leaf in fields_of(kind, part)}
    return frozenset(paths)


def all_keys(policy: Policy) -> frozenset[str]:
    """Return every flow of every partner, and some that nobody has: what else could be switched on."""
    declared = {flow.key for manifest in policy.manifests.values() for flow in manifest.flows}
    return frozenset(
        declared | {f"{way}:{key}" for way in Direction for key in (*sorted(WOMENS_HEALTH), NO_TYPE)}
    )


def snapshot(found: Situation, subject: Subject, others: frozenset[str]) -> Snapshot:
    """Return the facts of a situation. `others` are flows that are on, noticed and refused by the phone beside it."""
    membership, generation = found.member.split("-")
    regions = subject.manifest.regions if subject.manifest else None
    home = min(regions) if regions else "US"
    member = MemberFacts(
        region=home if found.region == "home" else "ZZ",
        timezone=ZONE,
        ring_generation=int(generation),
        membership=membership,
    )
    return Snapshot(member=member, grant=_grant(found, subject, others), partner_status=found.partner)


def _grant(found: Situation, subject: Subject, others: frozenset[str]) -> GrantFacts | None:
    if found.grant == "none":
        return None
    key, flow = subject.key, subject.flow
    beside = others - {key}
    # alone: no other switch in its direction; what comes in opens no part of what goes out
    on: dict[str, frozenset[str] | None] = {
        other: None
        for other in beside
        if found.toggle != "alone" or not other.startswith(f"{subject.direction}:")
    }
    if found.toggle == "part":
        on[key] = shown_in_part(flow) if flow else frozenset()
    elif found.toggle != "off":
        on[key] = None if found.toggle == "alone" or flow is None else flow.field_set
    return GrantFacts(
        status=Status(found.grant) if found.grant in set(Status) - {Status.ACTIVE} else Status.ACTIVE,
        granted_at=_STARTS.get(found.grant, NOW - timedelta(days=30)),
        expires_at=_ENDS.get(found.grant, NOW + timedelta(days=30)),
        history_from=TODAY,
        on=on,
        noticed=beside | {key} if found.notice == "shown" else beside,
        device_off=beside if found.device == "on" else frozenset({key}),
        partner_changed=found.terms == "changed",
    )


_STARTS = {"first_moment": NOW, "before_start": NOW + MOMENT}
_ENDS = {"last_moment": NOW + MOMENT, "at_expiry": NOW}
