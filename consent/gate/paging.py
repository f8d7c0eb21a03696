"""Where a page of released documents begins and ends. Pure. What is withheld was dropped before and counts nowhere."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any, NamedTuple, Protocol
from uuid import UUID

MILLISECONDS = 1000


class Stored(Protocol):
    """An opened document, as the door hands it in."""

    @property
    def ref(self) -> UUID: ...
    @property
    def kind(self) -> str: ...
    @property
    def day(self) -> date: ...
    @property
    def origin(self) -> str: ...
    @property
    def fields(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Part:
    """A stored document with the rows of it that were asked for. Never printed."""

    ref: UUID
    kind: str
    day: date
    origin: str
    fields: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"Part({self.ref}, •••)"


class Place(NamedTuple):
    """Where something stands in the order of its collection: its day (or millisecond), which document, which row."""

    at: int
    ref: str
    nth: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """What may leave of one document, or of a day's rows of a series, and where it stands. Never printed."""

    ref: UUID
    day: date
    fields: Mapping[str, Any]
    place: Place

    def __repr__(self) -> str:
        return f"Kept({self.ref}, •••)"


def page_of(kept: Iterable[Kept], *, after: Place | None, size: int) -> tuple[list[Kept], Place | None]:
    """Return as many as a page holds, and where the next one goes on; None after the last."""
    page: list[Kept] = []
    for each in kept:
        if after is not None and each.place <= after:
            continue
        if len(page) == size:
            return page, page[-1].place
        page.append(each)
    return page, None


def page_of_rows(
    days: Iterable[tuple[date, list["Row"]]], *, after: Place | None, size: int
) -> tuple[list[Kept], Place | None]:
    """Return the rows of one page, gathered by day, and where the next one goes on; None after the last."""
    page, room = list[Kept](), size
    for day, found in days:
        rows = sorted(found, key=_place)
        if after is not None:
            rows = [row for row in rows if row.place > after]
        if rows and not room:
            return page, page[-1].place
        if taken := rows[:room]:
            last = taken[-1]
            fields = {"rows": [row.fields for row in taken]}
            page.append(Kept(taken[0].ref, day, fields, last.place))
            room -= len(taken)
        if len(taken) < len(rows):
            return page, page[-1].place
    return page, None


class Row(NamedTuple):
    """One row that may leave, of which document it is and where it stands."""

    place: Place
    ref: UUID
    fields: Mapping[str, Any]


def rows_placed(ref: UUID, rows: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """Yield rows with their places; those of one document and one millisecond keep their order."""
    seen: Counter[int] = Counter()
    for row in rows:
        at = milliseconds(row)
        yield Row(Place(at, ref.hex, seen[at]), ref, row)
        seen[at] += 1


def rows_within(
    rows: Iterable[Mapping[str, Any]], *, begin: datetime, end: datetime, first_day: date | None, zone: tzinfo
) -> list[Mapping[str, Any]]:
    """Return the rows from `begin` to `end`, both included, none of a local day before `first_day`."""
    low, high = round(begin.timestamp() * MILLISECONDS), round(end.timestamp() * MILLISECONDS)
    kept = [row for row in rows if low <= milliseconds(row) <= high]
    if first_day is None:
        return kept
    return [row for row in kept if _local_day(row, zone) >= first_day]


def milliseconds(row: Mapping[str, Any]) -> int:
    """Return when a row was measured, in milliseconds since 1970."""
    told = row.get("timestamp_unix")
    if isinstance(told, int):
        return told
    return round(datetime.fromisoformat(row["timestamp"]).timestamp() * MILLISECONDS)


def _local_day(row: Mapping[str, Any], zone: tzinfo) -> date:
    return datetime.fromtimestamp(milliseconds(row) / MILLISECONDS, UTC).astimezone(zone).date()


def _place(row: Row) -> Place:
    return row.place
