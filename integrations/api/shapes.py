"""What was released, in the shape of the API's schema: nothing stands in place of what is withheld. Pure.

A field that may be null is null. One that may be missing is missing. Of what is required an object keeps the members
that it still has, an array has no item, and a number or text is left out: the answer is then the free object that the
schema allows. Never zero, an average or an empty text: that would be false health data.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from records.vocabulary import shape
from records.vocabulary.registry import KINDS
from records.vocabulary.shape import Many
from records.vocabulary.shapes import Field, Value

ALWAYS = {True: frozenset({"timestamp"}), False: frozenset({"id"})}  # of a series' row; of a document


def shaped(kind: str, fields: Mapping[str, Any], names: frozenset[str] | None) -> dict[str, Any]:
    """Return one document (or row) as it is served; `names` are the top-level fields that were asked for."""
    whole = _object(_served(kind), fields, kind=kind, under="", nulls=True)
    if names is None:
        return whole
    wanted = names | ALWAYS[KINDS[kind].series]
    return {name: value for name, value in whole.items() if name in wanted}


@lru_cache(maxsize=64)
def _served(kind: str) -> Mapping[str, Any]:
    """Return the fields of a kind that the API's schema has: our own are not among them."""
    return _without_own(shape.tree(kind))


def _without_own(tree: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = Many() if isinstance(tree, Many) else {}
    for name, node in tree.items():
        if isinstance(node, Field):
            if not node.own:
                kept[name] = node
        elif inner := _without_own(node):
            kept[name] = inner
    return kept


def _object(
    tree: Mapping[str, Any], fields: Mapping[str, Any], *, kind: str, under: str, nulls: bool
) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, node in tree.items():
        if isinstance(node, Field):
            if name in fields:
                out[name] = fields[name]
            elif node.nullable:
                if nulls:
                    out[name] = None
            elif node.required and node.value in _EMPTY:
                out[name] = _EMPTY[node.value]
        elif isinstance(node, Many):
            out[name] = list(_items(node, fields.get(name) or ()))
        else:
            path = f"{under}{name}"
            required = path in KINDS[kind].containers
            if name in fields or required:
                inner = fields.get(name) or {}
                out[name] = _object(node, inner, kind=kind, under=f"{path}.", nulls=nulls and not required)
            elif nulls:
                out[name] = None
    return out


def _items(tree: Many, items: Any) -> Iterator[dict[str, Any]]:
    """Yield the items that are whole: one whose required members are withheld is no item of that array."""
    required = {name for name, node in tree.items() if isinstance(node, Field) and node.required}
    for item in items:
        if required <= item.keys():
            yield dict(item)


_EMPTY: Mapping[Value, Any] = {Value.SAMPLE: {}, Value.STRINGS: []}
