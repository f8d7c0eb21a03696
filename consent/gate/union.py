"""The union of what several flows permit of each document: what a document read through the API gets. Pure.

Flows that carry what was recorded and ask nothing of a document are projected at once; any other is asked by itself.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from consent.gate.compiled import Loaded, Row, table_of
from consent.gate.decide import decide_each, decide_loaded
from consent.gate.policy import Policy
from consent.gate.shapes import Datum, Decision, Request
from consent.manifests.shapes import Granularity


class Union:
    """Some flows of one partner, asked about together for documents of one kind. `permits` holds each one's answer."""

    def __init__(self, asks: Sequence[Request], kind: str, loaded: Loaded, policy: Policy) -> None:
        self.kind, self.loaded, self.policy = kind, loaded, policy
        self.permits = {ask.flow: decide_loaded(ask, loaded, policy) for ask in asks}
        self.open = [ask for ask in asks if self.permits[ask.flow].permit]
        self.covered = {ask.flow: self._covered(ask) for ask in self.open}
        rows = [self._row(ask) for ask in self.open]
        plain = all(not row.conditions and row.flow.granularity is Granularity.AS_RECORDED for row in rows)
        self._together: Row | None = None
        if rows and plain:
            paths = frozenset[str]().union(*self.covered.values())
            self._together = table_of(policy).together(rows, paths, kind, loaded)

    def of(self, data: Sequence[Datum]) -> list[Mapping[str, Any] | None]:
        """Return what leaves of each document, or None. Never raises."""
        if self._together is None:
            return self.one_by_one(data)
        table, first = table_of(self.policy), self.open[0]
        permit = self.permits[first.flow]
        return [
            table.projected(datum, first.at, self._together, self.loaded, permit).fields for datum in data
        ]

    def one_by_one(self, data: Sequence[Datum]) -> list[Mapping[str, Any] | None]:
        """Return the same, as the definition says it: each flow decided by itself, its part laid over the others'."""
        union: list[dict[str, Any]] = [{} for _ in data]
        for ask in self.open:
            answers: list[Decision] = decide_each(ask, data, self.loaded, self.policy)
            for into, answer in zip(union, answers, strict=True):
                _merge(into, answer.fields or {})
        return [each or None for each in union]

    def holding(self, fields: Mapping[str, Any], among: Sequence[str]) -> list[str]:
        """Return the flows, of some, of which these fields hold something."""
        rows = fields.get("rows", [fields])
        return [flow for flow in among if any(_holds(row, self.covered[flow]) for row in rows)]

    def _row(self, ask: Request) -> Row:
        return self.loaded.rows[ask.direction, ask.data_type]

    def _covered(self, ask: Request) -> frozenset[str]:
        """Return the paths of the kind that a permit covers, from the bits of its mask."""
        return _own(self._row(ask).paths, self.permits[ask.flow].mask, self.kind)


@lru_cache(maxsize=4_096)
def _own(paths: tuple[str, ...], mask: int, kind: str) -> frozenset[str]:
    covered = (path.partition(".") for bit, path in enumerate(paths) if mask >> bit & 1)
    return frozenset(own for name, _, own in covered if name == kind)


def _holds(fields: Mapping[str, Any], paths: frozenset[str]) -> bool:
    return any(_at(fields, path) for path in paths)


def _at(fields: Any, path: str) -> bool:
    name, _, rest = path.partition(".")
    inner = fields.get(name.removesuffix("[]")) if isinstance(fields, Mapping) else None
    if inner is None or not rest:
        return inner is not None
    return any(_at(item, rest) for item in inner) if isinstance(inner, list) else _at(inner, rest)


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Lay one type's part of a document over another's. Every leaf belongs to one type, so nothing is overwritten."""
    for name, value in more.items():
        beneath = into.get(name)
        if isinstance(beneath, dict) and isinstance(value, Mapping) and "items" not in value:
            into[name] = merged = dict(beneath)
            _merge(merged, value)
        else:
            into[name] = value
