"""Whether one document has the shape of its kind, checked against the tables. Pure.

What is wrong is said by field and in words that tell what to do; the value itself is never repeated.
Unknown keys are no fault (the API may gain some): `known` drops them, so what no data type claims is
not even stored.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date
from functools import lru_cache
from typing import Any

from records.vocabulary import registry, values
from records.vocabulary.shapes import DocumentKind, Field
from records.vocabulary.values import MOST_ITEMS

MISSING = "Add this field; it may not be left out."
# What stands under no day is filed under this one: it never moves, and is before any day that counts.
NO_DAY = date(1970, 1, 1)

SPANS: Mapping[str, tuple[str, str]] = {
    "workout": ("start_datetime", "end_datetime"),
    "sleep": ("bedtime_start", "bedtime_end"),
    "enhanced_tag": ("start_time", "end_time"),
    "session": ("start_datetime", "end_datetime"),
    "rest_mode_period": ("start_time", "end_time"),
    "mindful_minutes": ("start", "end"),
    "power_sample": ("start", "end"),
    "steps_sample": ("start", "end"),
    "distance_sample": ("start", "end"),
    "active_energy_sample": ("start", "end"),
    "total_energy_sample": ("start", "end"),
    "fertile_window": ("start_day", "end_day"),
}

moment = values.moment

Tree = Mapping[str, Any]  # a name leads to a Field or to another tree


class Many(dict[str, Any]):
    """The tree of each item of an array."""


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
    """Return the day a sound body is filed under: the member's calendar day, or the UTC day of a series.

    A standing kind (personal_info, ring_configuration) has none; all of it is filed under one day before all others.
    """
    listed = registry.KINDS[kind]
    if listed.standing:
        return NO_DAY
    if listed.series:
        return moment(body["rows"][0][listed.day]).astimezone(UTC).date()
    return date.fromisoformat(body[listed.day])


@lru_cache(maxsize=64)
def tree(kind: str) -> Tree:
    """Return the fields of a kind as the nested objects that a body has."""
    grown: dict[str, Any] = {}
    for leaf in registry.KINDS[kind].fields:
        *parents, name = leaf.path.split(".")
        branch = grown
        for parent in parents:
            plain = parent.removesuffix("[]")
            branch = branch.setdefault(plain, {} if plain == parent else Many())
        branch[name] = leaf
    return grown


def _pick(leaves: Tree, body: Mapping[str, Any]) -> dict[str, Any]:
    picked: dict[str, Any] = {}
    for name, node in leaves.items():
        if name in body:
            value = body[name]
            if isinstance(node, Many) and isinstance(value, list):
                picked[name] = [_pick(node, item) for item in value]
            elif isinstance(node, Mapping) and isinstance(value, Mapping):
                picked[name] = _pick(node, value)
            else:
                picked[name] = value
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
            if says := values.wrong_with(node, body[name]):
                yield Problem(path, says)
        elif isinstance(node, Many):
            yield from _of_items(kind, node, body[name], path)
        elif isinstance(body[name], Mapping):
            yield from _of_object(kind, node, body[name], f"{path}.")
        else:
            yield Problem(path, "Give an object.")


def _of_items(kind: DocumentKind, leaves: Tree, items: object, path: str) -> Iterator[Problem]:
    if not isinstance(items, list) or len(items) > MOST_ITEMS:
        yield Problem(path, f"Give an array of at most {MOST_ITEMS} objects.")
        return
    for index, item in enumerate(items):
        if isinstance(item, Mapping):
            yield from _of_object(kind, leaves, item, f"{path}[{index}].")
        else:
            yield Problem(f"{path}[{index}]", "Give an object.")


def _of_span(kind: str, body: Mapping[str, Any]) -> Iterator[Problem]:
    start, end = SPANS.get(kind, ("", ""))
    if body.get(start) and body.get(end) and moment(body[end]) < moment(body[start]):
        yield Problem(end, f"Give a time that is not before {start}.")
