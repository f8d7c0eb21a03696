"""Under which day what a partner sent is filed. Pure.

A document goes under the local day that its own offset tells, a series by UTC day, and what tells no time of its own
under the day it came in.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from records.admission import NewDocument
from records.vocabulary.registry import kind_of

NEXT_DAY = "+1"  # marks the part of a partner's series that lies after midnight UTC
BEGINNINGS = ("start_datetime", "start", "time")


def filed(document: NewDocument, fields: Mapping[str, Any], *, today: date) -> list[NewDocument]:
    """Return the admitted fields as documents with their day; `today` is the member's own when they came in."""
    if "rows" in fields:
        return _by_utc_day(document, fields["rows"])
    kind = kind_of(document.kind)
    if kind is None or kind.day != "day":
        return [_again(document, dict(fields))]
    return [_again(document, {**fields, "day": _local_day(document.body) or today.isoformat()})]


def _by_utc_day(document: NewDocument, rows: list[Any]) -> list[NewDocument]:
    days: dict[date, list[Any]] = {}
    for row in rows:
        days.setdefault(datetime.fromisoformat(row["timestamp"]).astimezone(UTC).date(), []).append(row)
    return [
        _again(document, {"rows": inside}, suffix=NEXT_DAY if later else "")
        for later, (_, inside) in enumerate(sorted(days.items()))
    ]


def _local_day(body: Mapping[str, Any]) -> str | None:
    points = body.get("points")
    first = points[0] if isinstance(points, list) and points and isinstance(points[0], Mapping) else {}
    written = next((body[name] for name in BEGINNINGS if isinstance(body.get(name), str)), first.get("time"))
    return written[:10] if isinstance(written, str) else None


def _again(document: NewDocument, fields: dict[str, Any], *, suffix: str = "") -> NewDocument:
    return NewDocument(document.kind, fields, document.origin, document.external_id + suffix)
