"""Whether one document has the shape of its kind, checked against the tables. Pure.

What is wrong is said by field and in words that tell what to do; the value itself is never repeated.
Unknown keys are no fault (the API may gain some): `known` drops them, so what no data type claims is
not even stored.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from records.vocabulary import registry
from records.vocabulary.shapes import DocumentKind, Field, Sensitivity, Value

LARGEST = 2**53  # what every JSON reader holds exactly
LONGEST = 20_000
MOST_ITEMS = 100_000
YEARS = range(1900, 2101)
_NUMBERS = frozenset({int, float})
MISSING = "Add this field; it may not be left out."

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})", re.ASCII)
# Controls, and halves of surrogate pairs, which no database stores; free text may have lines and tabs.
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_UNFIT_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")

SPANS: Mapping[str, tuple[str, str]] = {
    "workout": ("start_datetime", "end_datetime"),
    "sleep": ("bedtime_start", "bedtime_end"),
    "enhanced_tag": ("start_time", "end_time"),
}

Tree = Mapping[str, Any]  # a name leads to a Field or to another tree


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a document: where, and what to do about it. Holds no value of the document."""

    field: str
    says: str


def problems_of(kind: str, body: object, *, partial: bool = False) -> list[Problem]:
    """Return everything wrong with a body of that kind; an empty list means it can be stored.

    A `partial` body came through a flow: it has what the flow carries, and only what files it may not be missing.
    """
    known = registry.kind_of(kind)
    if known is None:
        return [Problem("kind", f"Name one of these kinds: {', '.join(registry.KINDS)}.")]
    if not isinstance(body, Mapping):
        return [Problem("", f"Give one object with the fields of {kind}.")]
    if known.series:
        return list(_of_rows(known, body))
    found = list(_of_object(known, tree(kind), body, ""))
    if partial:
        needed = {known.day, *SPANS.get(kind, ())}
        found = [problem for problem in found if problem.says != MISSING or problem.field in needed]
    return found or list(_of_span(kind, body))


def known(kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of the body with the fields of its kind and nothing else."""
    leaves = tree(kind)
    if registry.KINDS[kind].series:
        return {"rows": [_pick(leaves, row) for row in body["rows"]]}
    return _pick(leaves, body)


def day_of(kind: str, body: Mapping[str, Any]) -> date:
    """Return the day a sound body is filed under: the member's calendar day, or the UTC day of a series."""
    listed = registry.KINDS[kind]
    if listed.series:
        return moment(body["rows"][0][listed.day]).astimezone(UTC).date()
    return date.fromisoformat(body[listed.day])


def moment(written: str) -> datetime:
    """Read a date and time with its offset, as the API writes it."""
    return datetime.fromisoformat(written)


@lru_cache(maxsize=64)
def tree(kind: str) -> Tree:
    """Return the fields of a kind as the nested objects that a body has."""
    grown: dict[str, Any] = {}
    for leaf in registry.KINDS[kind].fields:
        *parents, name = leaf.path.split(".")
        branch = grown
        for parent in parents:
            branch = branch.setdefault(parent, {})
        branch[name] = leaf
    return grown


def _pick(leaves: Tree, body: Mapping[str, Any]) -> dict[str, Any]:
    picked: dict[str, Any] = {}
    for name, node in leaves.items():
        if name in body:
            value = body[name]
            nested = isinstance(node, Mapping) and isinstance(value, Mapping)
            picked[name] = _pick(node, value) if nested else value
    return picked


def _of_rows(kind: DocumentKind, body: Mapping[str, Any]) -> Iterator[Problem]:
    rows = body.get("rows")
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_ITEMS:
        yield Problem("rows", f"Give between 1 and {MOST_ITEMS} rows.")
        return
    found = False
    for index, row in enumerate(rows):
        place = f"rows[{index}]"
        if not isinstance(row, Mapping):
            found = True
            yield Problem(place, "Give an object.")
            continue
        for problem in _of_object(kind, tree(kind.name), row, f"{place}."):
            found = True
            yield problem
    if not found and len({moment(row[kind.day]).astimezone(UTC).date() for row in rows}) > 1:
        yield Problem("rows", "Give the rows of one UTC day.")


def _of_object(kind: DocumentKind, leaves: Tree, body: Mapping[str, Any], under: str) -> Iterator[Problem]:
    for name, node in leaves.items():
        path = f"{under}{name}"
        wanted = node.required if isinstance(node, Field) else path in kind.containers
        if name not in body:
            if wanted:
                yield Problem(path, MISSING)
        elif body[name] is None:
            if wanted or (isinstance(node, Field) and not node.nullable):
                yield Problem(path, "Give a value; null is not allowed here.")
        elif isinstance(node, Field):
            if says := _says(node, body[name]):
                yield Problem(path, says)
        elif isinstance(body[name], Mapping):
            yield from _of_object(kind, node, body[name], f"{path}.")
        else:
            yield Problem(path, "Give an object.")


def _of_span(kind: str, body: Mapping[str, Any]) -> Iterator[Problem]:
    start, end = SPANS.get(kind, ("", ""))
    if body.get(start) and body.get(end) and moment(body[end]) < moment(body[start]):
        yield Problem(end, f"Give a time that is not before {start}.")


def _says(leaf: Field, value: Any) -> str | None:
    if says := _CHECKS[leaf.value](value, leaf.sensitivity is Sensitivity.TEXT):
        return says
    if leaf.one_of and value not in leaf.one_of:
        return f"Give one of: {', '.join(sorted(leaf.one_of))}."
    return None


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


_CHECKS: Mapping[Value, Callable[[Any, bool], str | None]] = {
    Value.STRING: _string,
    Value.INTEGER: _integer,
    Value.NUMBER: _number,
    Value.BOOLEAN: _boolean,
    Value.DATE: _date,
    Value.DATETIME: _datetime,
    Value.SAMPLE: _sample,
    Value.STRINGS: _strings,
}
