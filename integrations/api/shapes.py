"""What was released, in the shape of the API's schema: nothing stands in place of what is withheld. Pure.

A field that may be null is null. One that may be missing is missing. Of what is required an object keeps the members
that it still has, an array has no item, and a number or text is left out: the answer is then the free object that the
schema allows. Never zero, an average or an empty text: that would be false health data.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from records.vocabulary import shape
from records.vocabulary.registry import KINDS
from records.vocabulary.shape import Many
from records.vocabulary.shapes import Field, Value

ALWAYS = {True: frozenset({"timestamp"}), False: frozenset({"id"})}  # of a series' row; of a document
_EMPTY: Mapping[Value, Any] = {Value.SAMPLE: {}, Value.STRINGS: []}


@dataclass(frozen=True, slots=True)
class Plan:
    """How an object looks with everything withheld; which names it has; and the plans of the objects in it."""

    withheld: Mapping[str, Any]
    names: frozenset[str]
    objects: Mapping[str, "Plan"]
    arrays: Mapping[str, frozenset[str]]  # of each the members without which an item is none


def shaped(kind: str, fields: Mapping[str, Any], names: frozenset[str] | None) -> dict[str, Any]:
    """Return one document (or row) as it is served; `names` are the top-level fields that were asked for."""
    whole = _laid(plan_of(kind), fields)
    if names is None:
        return whole
    wanted = names | ALWAYS[KINDS[kind].series]
    return {name: value for name, value in whole.items() if name in wanted}


@lru_cache(maxsize=64)
def plan_of(kind: str) -> Plan:
    """Return the plan of a kind: the fields that the API's schema has, and none of our own."""
    return _plan(shape.tree(kind), kind, under="", nulls=True)


def _laid(plan: Plan, fields: Mapping[str, Any]) -> dict[str, Any]:
    out = {**plan.withheld, **{name: fields[name] for name in fields if name in plan.names}}
    for name, inner in plan.objects.items():
        if name in fields:
            out[name] = _laid(inner, fields[name])
    for name, required in plan.arrays.items():
        out[name] = list(_items(required, fields.get(name) or ()))
    return out


def _plan(tree: Mapping[str, Any], kind: str, *, under: str, nulls: bool) -> Plan:
    """Members of a required object that are withheld are not in it; those of one that may be null are null."""
    withheld, names = dict[str, Any](), set[str]()
    objects, arrays = dict[str, Plan](), dict[str, frozenset[str]]()
    for name, node in tree.items():
        path = f"{under}{name}"
        if isinstance(node, Field):
            if node.own:
                continue
            names.add(name)
            if node.nullable and nulls:
                withheld[name] = None
            elif node.required and node.value in _EMPTY:
                withheld[name] = _EMPTY[node.value]
        elif isinstance(node, Many):
            arrays[name] = frozenset(
                key for key, leaf in node.items() if isinstance(leaf, Field) and leaf.required
            )
        else:
            required = path in KINDS[kind].containers
            objects[name] = inner = _plan(node, kind, under=f"{path}.", nulls=nulls and not required)
            if required or nulls:
                withheld[name] = dict(inner.withheld) if required else None
    return Plan(withheld, frozenset(names), objects, arrays)


def _items(required: frozenset[str], items: Any) -> Iterator[dict[str, Any]]:
    """Yield the items that are whole: one whose required members are withheld is no item of that array."""
    for item in items:
        if required <= item.keys():
            yield dict(item)
