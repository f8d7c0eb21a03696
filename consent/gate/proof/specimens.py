"""One document of every kind with a value of its own in every field, so that each can be told from all others. Pure."""

from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from consent.gate.proof.space import TODAY, ZONE
from records.vocabulary.shapes import DocumentKind, Field, Value


def early(day: date, seconds: int = 0) -> str:
    """Return a moment early on a day of the member's own calendar."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE))
    return (midnight + timedelta(minutes=30, seconds=seconds)).isoformat()


@cache
def _values(kind: DocumentKind) -> tuple[tuple[str, Any], ...]:
    return tuple((leaf.path, _value(kind.name, leaf, number)) for number, leaf in enumerate(kind.fields, 1))


def filled(kind: DocumentKind) -> dict[str, Any]:
    """Return a document with a value of its own in every field, women's health and free text included."""
    document: dict[str, Any] = {"never_declared": f"{kind.name}.never_declared"}
    for path, value in _values(kind):
        _put(document, path.split("."), value)
    return document


def _put(place: dict[str, Any], path: list[str], value: Any) -> None:
    name, rest = path[0], path[1:]
    if not rest:
        place[name] = value
    elif name.endswith("[]"):
        _put(place.setdefault(name[:-2], [{}])[0], rest, value)
    else:
        _put(place.setdefault(name, {}), rest, value)


def _value(kind: str, leaf: Field, number: int) -> Any:
    mark = f"{kind}.{leaf.path}"
    match leaf.value:
        case Value.INTEGER:
            return 1000 + number
        case Value.NUMBER:
            return 1000.5 + number
        case Value.BOOLEAN:
            return True
        case Value.SAMPLE:
            return {"interval": 5, "items": [1000.25 + number, None], "timestamp": early(TODAY)}
        case Value.STRINGS:
            return [mark]
        case Value.DATE:
            return TODAY.isoformat()
        case Value.DATETIME:
            return early(TODAY, seconds=number)
        case _:
            return mark
