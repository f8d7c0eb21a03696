"""Whether one value is what its field holds. Pure. Says what to do; never repeats the value."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from records.vocabulary.shapes import Field, Sensitivity, Value

LARGEST = 2**53  # what every JSON reader holds exactly
LONGEST = 20_000
MOST_ITEMS = 100_000
YEARS = range(1900, 2101)
_NUMBERS = frozenset({int, float})

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}", re.ASCII)
# Controls, and halves of surrogate pairs, which no database stores; free text may have lines and tabs.
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_UNFIT_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def wrong_with(leaf: Field, value: Any) -> str | None:
    """Return what to do about a value that is not what its field holds; None when nothing is wrong with it."""
    if says := _CHECKS[leaf.value](value, leaf.sensitivity is Sensitivity.TEXT):
        return says
    if leaf.one_of and not leaf.one_of.issuperset(value if leaf.value is Value.STRINGS else (value,)):
        return f"Give one of: {', '.join(sorted(leaf.one_of))}."
    if leaf.only and not re.fullmatch(f"[{leaf.only}]*", value, re.ASCII):
        return "Give the code alone, as the ring writes it."
    if leaf.within and not leaf.within[0] <= value <= leaf.within[1]:
        return f"Give a number from {leaf.within[0]:g} to {leaf.within[1]:g}."
    return None


def moment(written: str) -> datetime:
    """Read a date and time with its offset, as the API writes it."""
    return datetime.fromisoformat(written)


def _string(value: Any, free: bool = False) -> str | None:
    if not isinstance(value, str):
        return "Give a text."
    if len(value) > LONGEST:
        return f"Give at most {LONGEST} characters."
    if (_UNFIT_IN_TEXT if free else _UNFIT).search(value):
        return "Take out the control characters and broken characters."
    return None


def _number(value: Any, free: bool = False) -> str | None:
    if type(value) not in _NUMBERS:  # true and false are no numbers
        return "Give a number."
    return None if -LARGEST <= value <= LARGEST else "Give a finite number of a sensible size."


def _integer(value: Any, free: bool = False) -> str | None:
    return _number(value) if type(value) is int else "Give a whole number."


def _boolean(value: Any, free: bool = False) -> str | None:
    return None if isinstance(value, bool) else "Give true or false."


def _date(value: Any, free: bool = False) -> str | None:
    try:
        if isinstance(value, str) and _DATE.fullmatch(value) and date.fromisoformat(value).year in YEARS:
            return None
    except ValueError:
        pass
    return "Give a date of this century or the last, as YYYY-MM-DD."


def _datetime(value: Any, free: bool = False) -> str | None:
    try:
        if isinstance(value, str) and _DATETIME.fullmatch(value) and moment(value).year in YEARS:
            return None
    except ValueError:
        pass
    return "Give a date and time with its offset from UTC, as YYYY-MM-DDTHH:MM:SS+00:00."


def _sample(value: Any, free: bool = False) -> str | None:
    if not isinstance(value, Mapping) or set(value) != {"interval", "items", "timestamp"}:
        return "Give an object with interval, items and timestamp."
    items = value["items"]
    if _number(value["interval"]) or value["interval"] <= 0:
        return "Give an interval in seconds, above 0."
    if not isinstance(items, list) or len(items) > MOST_ITEMS:
        return f"Give at most {MOST_ITEMS} items, as an array."
    if not all(item is None or (type(item) in _NUMBERS and -LARGEST <= item <= LARGEST) for item in items):
        return "Give finite numbers or null as items."
    return _datetime(value["timestamp"])


def _strings(value: Any, free: bool = False) -> str | None:
    if not isinstance(value, list) or len(value) > MOST_ITEMS:
        return "Give an array of texts."
    return next((says for item in value if (says := _string(item, free))), None)


def _zone(value: Any, free: bool = False) -> str | None:
    try:
        if isinstance(value, str) and _ZONE.fullmatch(value) and ZoneInfo(value):
            return None
    except (KeyError, ValueError, OSError):  # not found, not a name, a folder
        pass
    return "Give the name of a time zone, like Europe/Helsinki."


_CHECKS: Mapping[Value, Callable[[Any, bool], str | None]] = {
    Value.STRING: _string,
    Value.INTEGER: _integer,
    Value.NUMBER: _number,
    Value.BOOLEAN: _boolean,
    Value.DATE: _date,
    Value.DATETIME: _datetime,
    Value.SAMPLE: _sample,
    Value.STRINGS: _strings,
    Value.ZONE: _zone,
}
