"""On which local day a document begins, and whether that is before the yes. Pure.

A day that cannot be read is no day: nothing is of today then, and everything is before the yes. What is true of the
member or the ring now, and of no day (a standing kind), is never before it.
"""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Any

from consent.gate.shapes import Datum
from records.vocabulary.shapes import DocumentKind


def before_consent(datum: Datum, kind: DocumentKind | None, since: date | None, zone: tzinfo) -> bool:
    """Whether any part of the document is from before the first day of the yes."""
    if since is None or (kind is not None and kind.standing):
        return False
    earliest = earliest_day(datum, kind, zone)
    return earliest is None or earliest < since


def earliest_day(datum: Datum, kind: DocumentKind | None, zone: tzinfo) -> date | None:
    """Return the earliest local day of a document or of any row of a series; None when one is unreadable."""
    if kind is not None and kind.series:
        days = _local_days(datum, kind.day, zone)
        return min((day for day in days if day is not None), default=None) if None not in days else None
    return _day(datum.fields, kind.day if kind is not None else "day")


def first_day(datum: Datum, name: str, zone: tzinfo) -> date | None:
    """Return the local day on which the document begins, by the moment of that name; None when it is unreadable."""
    return min((day for day in _local_days(datum, name, zone) if day is not None), default=None)


def _local_days(datum: Datum, name: str, zone: tzinfo) -> set[date | None]:
    """Return the local days of the rows of a series (or of the one moment); None stands for what is unreadable."""
    rows = datum.fields.get("rows")
    if isinstance(rows, list):
        return {_moment_day(row, "timestamp", zone) for row in rows if isinstance(row, Mapping)} or {None}
    return {_moment_day(datum.fields, name, zone)}


def _moment_day(fields: Mapping[str, Any], name: str, zone: tzinfo) -> date | None:
    value = fields.get(name)
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return moment.astimezone(zone).date() if moment is not None and moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _day(fields: Mapping[str, Any], name: str) -> date | None:
    value = fields.get(name)
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
