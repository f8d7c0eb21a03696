"""Projection: the part of a document that a flow declares and a yes covers, with its envelope. Pure and total.

Minimum necessary is not a filter that somebody remembers to write; this is the only way a value can get out. The
envelope goes along with a released field, never alone. This is the readable definition; `projectors.py` does the same,
faster, and a test holds the two to each other.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from consent.manifests.shapes import Granularity
from records.vocabulary.shapes import DocumentKind, Value

SAMPLE = frozenset({"interval", "items", "timestamp"})
Fields = Mapping[str, Any]
# A name leads to the Value of a leaf, or to another tree; "points[]" to a tree of each item.
Tree = Mapping[str, Any]
Read = Callable[[Fields], dict[str, Any] | None]


def project(
    fields: Fields,
    *,
    kind: DocumentKind,
    paths: Collection[str],
    granularity: Granularity = Granularity.AS_RECORDED,
) -> dict[str, Any] | None:
    """Return the values at `paths` with the envelope, or None when none of them holds a value.

    Unknown fields are dropped, withheld keys are absent, and nothing stands in their place. A stored series (`rows`) is
    projected row by row, then thinned; rows with nothing to release fall out.
    """
    declared, envelope = tree_of(kind, paths), tree_of(kind, kind.envelope, envelope=True)

    def read(row: Fields) -> dict[str, Any] | None:
        released = _pick(row, declared)
        return {**_pick(row, envelope), **released} if released else None

    if kind.series and "rows" in fields:
        return rows_of(fields["rows"], read, kind.day, granularity)
    return read(fields)


def tree_of(kind: DocumentKind, paths: Collection[str], *, envelope: bool = False) -> Tree:
    """Return the leaves at `paths` in the nesting and the order of the document; what is no such leaf is left out."""
    grown: dict[str, Any] = {}
    for leaf in kind.fields:
        if leaf.path in paths and leaf.envelope is envelope and not leaf.stays:
            *parents, name = leaf.path.split(".")
            branch = grown
            for parent in parents:
                branch = branch.setdefault(parent, {})
            branch[name] = leaf.value
    return grown


def rows_of(rows: Any, read: Read, when: str, granularity: Granularity) -> dict[str, Any] | None:
    """Return the rows that release something, as many as the granularity leaves; None when there are none."""
    kept = [read(row) for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    released = thinned([row for row in kept if row is not None], when, granularity)
    return {"rows": released} if released else None


def thinned(rows: list[dict[str, Any]], when: str, granularity: Granularity) -> list[dict[str, Any]]:
    """Leave the first row of each UTC minute, or the newest alone. A row without a readable time falls out then."""
    if granularity is Granularity.AS_RECORDED:
        return rows
    timed = [(moment, row) for row in rows if (moment := _seconds(row.get(when))) is not None]
    if granularity is Granularity.NEWEST:
        return [max(timed, key=lambda pair: pair[0])[1]] if timed else []
    first: dict[int, tuple[float, int]] = {}  # the minute: when its first row was, and which one that is
    for index, (moment, _) in enumerate(timed):
        minute = int(moment // 60)
        first[minute] = min((moment, index), first.get(minute, (moment, index)))
    return [timed[index][1] for index in sorted(index for _, index in first.values())]


def value_of(value: Any, leaf: Value) -> Any:
    """Return what may leave of one value: nothing hides inside a number or a text, and a sample has three members."""
    if isinstance(value, Mapping):
        return (
            {name: value[name] for name in value if name in SAMPLE} or None if leaf is Value.SAMPLE else None
        )
    if isinstance(value, list | tuple):
        flat = [item for item in value if not isinstance(item, Mapping | list | tuple)]
        return flat if leaf is Value.STRINGS else None
    return value


def _pick(source: Fields, tree: Tree) -> dict[str, Any]:
    picked: dict[str, Any] = {}
    for name, node in tree.items():
        value = source.get(name.removesuffix("[]"))
        if isinstance(node, Value):
            found = value_of(value, node)
        elif name.endswith("[]"):
            items = value if isinstance(value, list) else []
            found = [
                inner for item in items if isinstance(item, Mapping) and (inner := _pick(item, node))
            ] or None
        else:
            found = (_pick(value, node) or None) if isinstance(value, Mapping) else None
        if found is not None:
            picked[name.removesuffix("[]")] = found
    return picked


def _seconds(written: Any) -> float | None:
    try:
        moment = datetime.fromisoformat(written) if isinstance(written, str) else None
        return moment.timestamp() if moment is not None and moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
