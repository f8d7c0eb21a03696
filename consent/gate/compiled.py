"""The policy as one table, compiled once: a row for each partner, direction and data type. Pure.

It says exactly what `rules.py` says, in about a microsecond: toggles, notice, device, region and membership are bit
masks that are laid over one another when a snapshot is loaded, refusals are constants, and only a permit is built.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from consent.gate.conditions import before_consent, first_day
from consent.gate.policy import Policy
from consent.gate.projectors import Projector
from consent.gate.rules import ENDED, FIRST_GENERATION_WITH_MEMBERSHIP, is_womens_health, paths_covered
from consent.gate.shapes import Datum, Decision, Reason, Request, Snapshot
from consent.grants.facts import GrantFacts
from consent.grants.lifecycle import Status
from consent.manifests.shapes import Channel, Direction, Flow, Manifest, OfTheCurrentLocalDay
from records.vocabulary.shapes import DocumentKind
from records.vocabulary.tags import entry_may_leave

Condition = Callable[[Datum, datetime, ZoneInfo], bool]


@dataclass(frozen=True, slots=True)
class Row:
    """One flow of one partner, ready to be decided on. `conditions` hold the reason each gives when it is not met."""

    flow: Flow
    bit: int
    channel: Channel
    exports: bool
    conditions: tuple[tuple[Condition, Reason], ...]
    paths: tuple[str, ...]  # every `kind.path`, sorted: the bits of a mask


class Loaded:
    """One member's snapshot laid over one partner's rows. Made once, asked as often as there are documents."""

    __slots__ = (
        "begins", "closed", "ended", "ends", "grant", "open", "partner", "permits", "projectors", "refused", "rows",
        "snapshot", "steps", "zone",
    )  # fmt: skip

    def __init__(self, table: "Table", partner: str, snapshot: Snapshot) -> None:
        side = table.sides.get(partner)
        self.partner, self.snapshot, self.grant = partner, snapshot, snapshot.grant
        self.rows: Mapping[tuple[str, str], Row] = side.rows if side else {}
        self.refused = table.refusals(partner)
        self.closed = self._closed(side)
        self.begins = self.grant.granted_at if self.grant else None
        live = self.grant is None or self.grant.status == Status.ACTIVE
        self.ended = None if live else ENDED[self.grant.status]  # type: ignore[union-attr]
        self.ends = self.grant.expires_at if self.grant else None
        self.steps = side.steps(snapshot, self.grant) if side and self.grant else ()
        self.open = ~0
        for mask, _ in self.steps:
            self.open &= mask
        self.zone = _zone(snapshot.member.timezone)
        self.permits: dict[int, Decision] = {}
        self.projectors: dict[tuple[int, str], Projector | None] = {}

    def _closed(self, side: "Side | None") -> Reason | None:
        """Return why every flow of the partner is closed, at any time; None when it is not."""
        if side is None:
            return Reason.UNKNOWN_PARTNER
        return None if self.snapshot.partner_status == "active" else Reason.PARTNER_SUSPENDED


class Side:
    """One partner's rows, and how a snapshot lies over them."""

    __slots__ = ("api", "bits", "every", "manifest", "rows")

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.rows = {
            (flow.direction.value, flow.data_type): _row(flow, 1 << at)
            for at, flow in enumerate(manifest.flows)
        }
        self.bits = {row.flow.key: row.bit for row in self.rows.values()}
        self.every = self.mask(self.bits)
        self.api = sum(row.bit for row in self.rows.values() if row.channel is Channel.API)

    def mask(self, flows: Any) -> int:
        """Return the bits of these flows; one that the partner does not declare has none."""
        bits, mask = self.bits, 0
        for flow in flows:
            mask |= bits.get(flow, 0)
        return mask

    def steps(self, snapshot: Snapshot, grant: GrantFacts) -> tuple[tuple[int, Reason], ...]:
        """Return, in the order of the rules, which flows each of them lets pass and the reason for the others."""
        member, every, regions = snapshot.member, self.every, self.manifest.regions
        lapsed = member.membership != "active" and member.ring_generation >= FIRST_GENERATION_WITH_MEMBERSHIP
        return (
            (every if grant.noticed is None else self.mask(grant.noticed), Reason.NOTICE_OUTDATED),
            (0 if grant.partner_changed else every, Reason.PARTNER_CHANGED),
            (self.mask(grant.on), Reason.TOGGLE_OFF),
            (every & ~self.mask(grant.device_off), Reason.DEVICE_PERMISSION_OFF),
            (every if regions is None or member.region in regions else 0, Reason.REGION_NOT_SERVED),
            (every & ~self.api if lapsed else every, Reason.MEMBERSHIP_LAPSED),
        )


class Table:
    """Every partner's side, and the constants."""

    __slots__ = (
        "_last", "_narrowed", "_refusals", "coded", "daily", "kinds", "policy", "private", "sides", "staying",
        "womens_health",
    )  # fmt: skip

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.sides = {slug: Side(manifest) for slug, manifest in policy.manifests.items()}
        self.kinds: Mapping[str, DocumentKind] = policy.kinds
        self.womens_health = frozenset(key for key in policy.data_types if is_womens_health(key, policy))
        self.private = frozenset(name for name, kind in policy.kinds.items() if kind.womens_health)
        self.staying = frozenset(slug for slug in policy.manifests if policy.stays_here(slug))
        self.daily = {name: kind.day for name, kind in policy.kinds.items() if kind.day and not kind.series}
        self.coded = frozenset(
            name for name, kind in policy.kinds.items() if any(leaf.per_entry for leaf in kind.fields)
        )
        self._refusals: dict[str, dict[Reason, Decision]] = {}
        self._last: Loaded | None = None
        self._narrowed: dict[tuple[str, str, frozenset[str]], Projector] = {}

    def load(self, partner: str, snapshot: Snapshot) -> Loaded:
        """Lay the partner's rows over a snapshot; the one that was asked about last is laid already."""
        last = self._last  # read once: threads share the table
        if last is not None and last.snapshot is snapshot and last.partner == partner:
            return last
        self._last = loaded = Loaded(self, partner, snapshot)
        return loaded

    def refusals(self, partner: str) -> dict[Reason, Decision]:
        """Return the partner's refusals: constants, one for each reason."""
        manifest = self.policy.reviewed.get(partner, "")
        if manifest not in self._refusals:
            self._refusals[manifest] = {
                reason: Decision(False, reason, self.policy.digest, manifest=manifest) for reason in Reason
            }
        return self._refusals[manifest]

    def decide(self, ask: Request, loaded: Loaded) -> Decision:
        """Return what may leave, or the first reason why nothing may. Raises what breaks while deciding."""
        if ask.partner != loaded.partner:
            return loaded.refused[Reason.ERROR]
        row = loaded.rows.get((ask.direction, ask.data_type))
        datum, at = ask.datum, ask.at
        if row is None or (datum is not None and datum.kind in self.private):
            return loaded.refused[self._not_declared(ask, loaded)]
        if loaded.closed is not None:
            return loaded.refused[loaded.closed]
        if ask.channel is not None and ask.channel != row.channel:
            return loaded.refused[Reason.FLOW_NOT_DECLARED]
        if loaded.begins is None or at < loaded.begins:
            return loaded.refused[Reason.NO_GRANT]
        if loaded.ended is not None:
            return loaded.refused[loaded.ended]
        if loaded.ends is not None and at >= loaded.ends:
            return loaded.refused[Reason.GRANT_EXPIRED]
        if not loaded.open & row.bit:
            return loaded.refused[next(reason for mask, reason in loaded.steps if not mask & row.bit)]
        permit = loaded.permits.get(row.bit) or self._permit(row, loaded)
        return permit if datum is None else self._project(datum, at, row, loaded, permit)

    def decide_each(self, ask: Request, data: Iterable[Datum], loaded: Loaded) -> Iterator[Decision]:
        """Yield the decision on each document of one flow: the flow is asked about once, each document by itself."""
        flow = self.decide(ask, loaded)
        row = loaded.rows.get((ask.direction, ask.data_type))
        for datum in data:
            if datum.kind in self.private:
                yield loaded.refused[Reason.WOMENS_HEALTH]
            else:
                yield (
                    self._safely(datum, ask.at, row, loaded, flow)
                    if row is not None and flow.permit
                    else flow
                )

    def together(self, rows: Sequence[Row], paths: frozenset[str], kind: str, loaded: Loaded) -> Row:
        """Return one row for flows that ask no conditions: a document of the kind is projected onto all at once."""
        row = replace(rows[0], bit=sum(row.bit for row in rows))
        loaded.projectors[row.bit, kind] = self._projector(row.flow, kind, paths)
        return row

    def projected(self, datum: Datum, at: datetime, row: Row, loaded: Loaded, permit: Decision) -> Decision:
        """Return the decision on one document of a flow, or of several together, that `permit` opens. Never raises."""
        private = datum.kind in self.private
        return (
            loaded.refused[Reason.WOMENS_HEALTH] if private else self._safely(datum, at, row, loaded, permit)
        )

    def _safely(self, datum: Datum, at: datetime, row: Row, loaded: Loaded, permit: Decision) -> Decision:
        try:
            return self._project(datum, at, row, loaded, permit)
        except Exception:
            return loaded.refused[Reason.ERROR]

    def _not_declared(self, ask: Request, loaded: Loaded) -> Reason:
        if ask.data_type in self.womens_health or (ask.datum is not None and ask.datum.kind in self.private):
            return Reason.WOMENS_HEALTH
        if ask.data_type not in self.policy.data_types:
            return Reason.UNKNOWN_DATA_TYPE
        return loaded.closed or Reason.FLOW_NOT_DECLARED

    def _permit(self, row: Row, loaded: Loaded) -> Decision:
        """Return the permit of a flow asked about alone, with the mask of the fields it covers."""
        covered = paths_covered(row.flow, loaded.snapshot, self.sides[loaded.partner].manifest, self.policy)
        mask = sum(1 << bit for bit, path in enumerate(row.paths) if path in covered)
        manifest = self.policy.reviewed.get(loaded.partner, "")
        permit = Decision(True, Reason.PERMITTED, self.policy.digest, mask=mask, manifest=manifest)
        loaded.permits[row.bit] = permit
        for kind in row.flow.fields:
            own = frozenset(path.partition(".")[2] for path in covered if path.partition(".")[0] == kind)
            loaded.projectors[row.bit, kind] = self._projector(row.flow, kind, own)
        return permit

    def _projector(self, flow: Flow, kind: str, paths: frozenset[str]) -> Projector | None:
        known = self.kinds.get(kind)
        if known is None or not paths:
            return None
        key = (kind, flow.granularity.value, paths)
        found = self._narrowed.get(key)
        if found is None:
            if len(self._narrowed) >= 2_000:  # yeses of very many sizes: start over rather than grow
                self._narrowed.clear()
            found = self._narrowed[key] = Projector(known, paths, flow.granularity)
        return found

    def _project(self, datum: Datum, at: datetime, row: Row, loaded: Loaded, permit: Decision) -> Decision:
        zone = loaded.zone or ZoneInfo(loaded.snapshot.member.timezone)  # an unknown zone breaks here: a no
        for met, reason in row.conditions:
            if not met(datum, at, zone):
                return loaded.refused[reason]
        kind = self.kinds.get(datum.kind)
        if row.exports:
            since = loaded.grant.history_from  # type: ignore[union-attr]
            if since is not None and self._is_before(datum, kind, since, zone):
                return loaded.refused[Reason.BEFORE_CONSENT]
            if datum.origin in self.staying:
                return loaded.refused[Reason.ORIGIN_NOT_ALLOWED]
        if kind is not None and datum.kind in self.coded and not entry_may_leave(kind, datum.fields):
            return loaded.refused[Reason.WOMENS_HEALTH_ENTRY]
        projector = loaded.projectors.get((row.bit, datum.kind))
        fields = projector.project(datum.fields) if projector is not None else None
        if fields is None:
            return loaded.refused[Reason.NOTHING_TO_RELEASE]
        return Decision(True, Reason.PERMITTED, permit.policy, fields, permit.mask, permit.manifest)

    def _is_before(self, datum: Datum, kind: DocumentKind | None, since: date, zone: ZoneInfo) -> bool:
        """Say what `before_consent` says; most documents are filed under one day, which is quickly read."""
        day = self.daily.get(datum.kind)
        if day is None:
            return before_consent(datum, kind, since, zone)
        try:
            return date.fromisoformat(datum.fields[day][:10]) < since
        except (KeyError, TypeError, ValueError):
            return True


def table_of(policy: Policy) -> Table:
    """Return the policy's table, compiled at its first use."""
    if not policy.table:
        policy.table.append(Table(policy))
    table: Table = policy.table[0]
    return table


def _row(flow: Flow, bit: int) -> Row:
    return Row(
        flow=flow,
        bit=bit,
        channel=flow.channel,
        exports=flow.direction is Direction.EXPORT,
        conditions=tuple(_condition(condition) for condition in flow.when),
        paths=tuple(sorted(flow.field_set)),
    )


def _condition(condition: Any) -> tuple[Condition, Reason]:
    if isinstance(condition, OfTheCurrentLocalDay):
        start = condition.start
        return (
            lambda datum, at, zone: first_day(datum, start, zone) == at.astimezone(zone).date()
        ), Reason.NOT_CURRENT_DAY
    sources: frozenset[str] = condition.sources
    return (lambda datum, at, zone: datum.fields.get("source") in sources), Reason.SOURCE_NOT_ALLOWED


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError):
        return None
