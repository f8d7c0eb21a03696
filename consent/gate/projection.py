"""Projection: the part of a document that a flow declares and a yes covers, with its envelope. Pure and total.

Minimum necessary is not a filter that somebody remembers to write; this is the only way a value can get out. The
envelope goes along with a released field, never alone.
"""

from collections.abc import Collection, Mapping
from typing import Any

from records.vocabulary.shapes import DocumentKind

_NOTHING: Any = object()


def project(
    fields: Mapping[str, Any], *, kind: DocumentKind, paths: Collection[str]
) -> dict[str, Any] | None:
    """Return the values at `paths` with the envelope, or None when none of them holds a value.

    Unknown fields are dropped, withheld keys are absent, and nothing stands in their place. A stored series (`rows`) is
    projected row by row; rows with nothing to release fall out.
    """
    if kind.series and "rows" in fields:
        return _project_rows(fields, kind=kind, paths=paths)
    released: dict[str, Any] = {}
    for path in paths:
        if path in kind.by_path and not kind.by_path[path].envelope:
            _copy(fields, released, path.split("."))
    if not released:
        return None
    for name in kind.envelope:
        _copy(fields, released, name.split("."))
    return released


def _project_rows(
    fields: Mapping[str, Any], *, kind: DocumentKind, paths: Collection[str]
) -> dict[str, Any] | None:
    rows = fields["rows"] if isinstance(fields["rows"], list) else []
    kept = [project(row, kind=kind, paths=paths) for row in rows if isinstance(row, Mapping)]
    released = [row for row in kept if row is not None]
    return {"rows": released} if released else None


def _copy(source: Mapping[str, Any], target: dict[str, Any], path: list[str]) -> None:
    """Copy the one value at `path`; a step that ends in `[]` is an array whose items are walked side by side."""
    name, rest = path[0], path[1:]
    many = name.endswith("[]")
    value = source.get(name.removesuffix("[]"), _NOTHING)
    if value is _NOTHING or value is None:
        return
    if not rest:
        target[name] = value
    elif many and isinstance(value, list):
        items = target.setdefault(name.removesuffix("[]"), [{} for _ in value])
        for inner, place in zip(value, items, strict=True):
            if isinstance(inner, Mapping):
                _copy(inner, place, rest)
    elif not many and isinstance(value, Mapping):
        inside: dict[str, Any] = dict(target.get(name, {}))
        _copy(value, inside, rest)
        if inside:
            target[name] = inside
