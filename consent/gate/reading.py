"""What a partner may read of one collection: decided type by type, projected, ordered, and only then cut into pages.

Reached through the door alone, which hands in what is stored and writes the answer down. A document gets the union of
what is permitted of each of its types (DESIGN, "The gate").
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby, islice
from operator import attrgetter
from typing import Any
from uuid import UUID

import msgspec

from consent.gate import paging, snapshots
from consent.gate.decide import load
from consent.gate.paging import Kept, Part, Place, Row, Stored
from consent.gate.release import Release
from consent.gate.rules import FIRST_GENERATION_WITH_MEMBERSHIP
from consent.gate.shapes import Datum, Reason, Request
from consent.gate.standing import Standing
from consent.gate.union import Union
from consent.manifests.shapes import Channel, Direction
from records.sealing import Seals
from records.vocabulary.registry import KINDS
from records.vocabulary.shape import NO_DAY

CHUNK = 62
LATEST = datetime.max.replace(tzinfo=UTC)
EARLIEST = datetime.min.replace(tzinfo=UTC)
_ORDER = {reason: number for number, reason in enumerate(Reason)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is asked: one collection, one document of it by the asker's own id, or its newest row.

    `since` and `until` are days, both included; `begin` and `end` the moments of a series. `names` are the top-level
    fields that are wanted (None = all); they narrow what is permitted and widen nothing. `opened`: the token's scope
    opens the collection. `flows`: those that its scopes lead to (None = all); no other is asked about. `number` counts
    the grant's answers, from 1, and is told by the entry; 0 = it has none.
    """

    route: str
    kind: str
    since: date | None = None
    until: date | None = None
    begin: datetime = EARLIEST
    end: datetime = LATEST
    after: Place | None = None
    document: UUID | None = None
    newest: bool = False
    names: frozenset[str] | None = None
    opened: bool = True
    flows: frozenset[str] | None = None
    size: int = 1000
    number: int = 0


@dataclass(frozen=True, slots=True)
class ReleasedPage:
    """What leaves, in order, and where the next page goes on. `event_id` names the entry that says so."""

    releases: tuple[Release, ...]
    after: Place | None
    event_id: UUID


class Reader:
    """One question of one partner about one member, laid over what is true now."""

    def __init__(self, ask: Reading, standing: Standing, epoch: int, at: datetime) -> None:
        self.ask, self.standing, self.at = ask, standing, at
        self.grant, self.kind = standing.grant, KINDS[ask.kind]
        self.policy = snapshots.policy()
        self.loaded = load(self.grant.partner, standing.snapshot, self.policy)
        self.union = Union(self._asks(), ask.kind, self.loaded, self.policy)
        self.reason = self._refused(epoch)
        self.released: set[str] = set()  # the flows of which something leaves
        self._unseen = [flow for flow in self.union.covered if self._wanted(flow)]
        self._rings: dict[str, str] = {}

    def window(self) -> tuple[date | None, date | None]:
        """Return the first and the last stored day that can hold what is asked for."""
        ask = self.ask
        if self.kind.standing:
            return None, None
        if self.kind.series:
            # Rows lie under their UTC day, and a yes begins on a local one, up to a day away from it.
            least = self.grant.history_from - timedelta(days=1)
            first = max(least, _utc_day(ask.begin))
            if ask.after is not None:
                first = max(first, datetime.fromtimestamp(ask.after.at / 1000, UTC).date())
            return first, None if ask.newest else _utc_day(ask.end)
        first = max(self.grant.history_from, ask.since or NO_DAY)
        return max(first, date.fromordinal(ask.after.at)) if ask.after else first, ask.until

    def page(self, documents: Iterable[Stored]) -> tuple[list[Kept], Place | None]:
        """Return what leaves of the stored documents, and where the next page goes on."""
        ask = self.ask
        if ask.newest:
            return self._newest(documents), None
        if self.kind.series:
            return paging.page_of_rows(self._days(documents), after=ask.after, size=ask.size)
        if ask.kind == "personal_info":
            return [self._about_the_member(documents)], None
        kept = self._each(documents)
        if self.kind.standing:
            kept = iter(sorted(kept, key=lambda each: str(each.fields.get("set_up_at", ""))))
        return paging.page_of(kept, after=ask.after, size=ask.size)

    def inner(self, outer: UUID) -> UUID:
        """Return our reference for the asker's own id; for any other id one that does not exist."""
        return self.standing.ids.inner(outer, about=about(self.ask.kind))

    def outer(self, ref: UUID) -> UUID:
        """Return the asker's own id for a document; what is asked of the member alone has the member's."""
        if self.ask.kind == "personal_info":
            return self.standing.ids.pairwise(self.grant.member_id, about="member")
        return self.standing.ids.pairwise(ref, about=about(self.ask.kind))

    def worn(self, ring: str) -> str:
        """Return the asker's own id for a ring, the same as in their `ring_configuration`."""
        if ring not in self._rings:
            inner = Seals.of(self.standing.key).reference("ring_configuration", "ring", ring)
            self._rings[ring] = str(self.standing.ids.pairwise(inner, about="ring"))
        return self._rings[ring]

    def named(self, kept: Kept, own: UUID) -> dict[str, Any]:
        """Return the fields as they leave: under the asker's own ids, and those that are wanted."""
        fields = dict(kept.fields)
        if self.kind.series:
            return fields if self.ask.names is None else {"rows": self._narrowed(fields["rows"])}
        fields = {**fields, "id": str(own)}
        if isinstance(ring := fields.get("ring_id"), str):
            fields["ring_id"] = self.worn(ring)
        names = self.ask.names
        return fields if names is None else {name: fields[name] for name in fields if name in names | {"id"}}

    def _narrowed(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        wanted = (self.ask.names or frozenset()) | {"timestamp"}
        return [{name: row[name] for name in row if name in wanted} for row in rows]

    def _asks(self) -> list[Request]:
        """Return a request for each of the partner's flows that carries anything of the collection through the API."""
        manifest = self.policy.manifests.get(self.grant.partner)
        return [
            Request(self.grant.partner, flow.direction, flow.data_type, self.at, Channel.API)
            for flow in (manifest.flows if manifest else ())
            if flow.direction is Direction.EXPORT
            and flow.channel is Channel.API
            and self.ask.kind in flow.fields
            and (self.ask.flows is None or flow.key in self.ask.flows)
        ]

    def types(self) -> tuple[str, ...]:
        """Return the data types of which something leaves; of a refused request those that it was about."""
        flows = self.union.permits if self.reason else self.released
        return tuple(sorted(flow.partition(":")[2] for flow in flows))

    def _refused(self, epoch: int) -> Reason | None:
        """Return why nothing of the collection is open; of several reasons that of the flow that got furthest."""
        if reason := self._closed(epoch):
            return reason
        if not self.ask.opened:
            return Reason.TOGGLE_OFF
        if self.ask.kind == "personal_info" or any(answer.permit for answer in self.union.permits.values()):
            return None
        reasons = [answer.reason for answer in self.union.permits.values()]
        return max(reasons, key=_ORDER.__getitem__, default=Reason.FLOW_NOT_DECLARED)

    def _closed(self, epoch: int) -> Reason | None:
        """Return why no flow of this partner is open at all; the member's id needs only that none of this holds."""
        loaded, member = self.loaded, self.standing.snapshot.member
        if loaded.closed is not None:
            return loaded.closed
        if loaded.ended is not None:
            return loaded.ended
        if self.grant.epoch != epoch or self.at < self.grant.granted_at:
            return Reason.NO_GRANT
        if self.at >= self.grant.expires_at:
            return Reason.GRANT_EXPIRED
        lapsed = member.membership != "active" and member.ring_generation >= FIRST_GENERATION_WITH_MEMBERSHIP
        if lapsed and self.ask.kind == "personal_info":
            return Reason.MEMBERSHIP_LAPSED
        return None

    def _each(self, documents: Iterable[Stored]) -> Iterator[Kept]:
        """Yield what is permitted of each document: the union over its types. What has nothing permitted falls out."""
        rest = iter(documents)
        while chunk := list(islice(rest, CHUNK)):
            for stored, fields in zip(chunk, self._released(chunk), strict=True):
                if fields:
                    at = stored.day.toordinal()
                    yield Kept(stored.ref, stored.day, fields, Place(at, stored.ref.hex))

    def _released(self, chunk: Sequence[Stored]) -> list[Mapping[str, Any]]:
        """Return what leaves of each document, and keep in mind of which flows something did."""
        data = [Datum(stored.kind, stored.fields, stored.origin) for stored in chunk]
        found = [fields or {} for fields in self.union.of(data)]
        for fields in found:
            if self._unseen:
                held = self.union.holding(fields, self._unseen)
                self.released.update(held)
                self._unseen = [flow for flow in self._unseen if flow not in held]
        return found

    def _wanted(self, flow: str) -> bool:
        tops = {path.partition(".")[0] for path in self.union.covered[flow]}
        return self.ask.names is None or bool(tops & self.ask.names)

    def _days(self, documents: Iterable[Stored]) -> Iterator[tuple[date, list[Row]]]:
        """Yield the rows that may leave, day by day: of one day whatever documents have some."""
        for day, those in groupby(documents, key=attrgetter("day")):
            cut = [each for stored in those if (each := self._cut(stored)) is not None]
            rows = [
                row
                for stored, fields in zip(cut, self._released(cut), strict=True)
                for row in paging.rows_placed(stored.ref, fields.get("rows", ()))
            ]
            yield day, rows

    def _cut(self, stored: Stored) -> Part | None:
        """Return a day's document with the rows that were asked for and that the yes covers, or None without any."""
        since, zone = self.grant.history_from, self.loaded.zone
        near = stored.day <= since + timedelta(days=1)
        if zone is None:
            return None
        rows = paging.rows_within(
            stored.fields["rows"],
            begin=self.ask.begin,
            end=self.ask.end,
            first_day=since if near else None,
            zone=zone,
        )
        return Part(stored.ref, stored.kind, stored.day, stored.origin, {"rows": rows}) if rows else None

    def _newest(self, documents: Iterable[Stored]) -> list[Kept]:
        """Return the newest row; `documents` come newest first."""
        for day, rows in self._days(documents):
            if rows:
                last = max(rows, key=attrgetter("place"))
                return [Kept(last.ref, day, {"rows": [last.fields]}, last.place)]
        return []

    def _about_the_member(self, documents: Iterable[Stored]) -> Kept:
        """Return what is open of the member; their id goes with a live grant alone."""
        found: dict[str, Any] = {}
        for kept in self._each(documents):
            found = {**kept.fields, **found}
        return Kept(UUID(int=0), NO_DAY, found, Place(0, ""))


def about(kind: str) -> str:
    """Return what an id of this kind is about: a ring has the same id wherever it is named to one recipient."""
    return "ring" if kind == "ring_configuration" else "document"


def canonical(fields: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the bytes that the log commits to: what leaves, as JSON with its keys in order."""
    return msgspec.json.encode(list(fields), order="sorted")


def _utc_day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
