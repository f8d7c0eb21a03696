"""The switches of a grant: read as one column of a statement that reads something else, and set."""

import json
from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Aggregate, F, OuterRef, Subquery, TextField

from consent.grants.models import Grant, Toggle
from consent.manifests.shapes import Flow, Manifest

_WRITTEN = ("on", "fields", "epoch", "changed_at")
On = dict[str, frozenset[str]]  # the flows that are on, each with the fields that its yes covers


class _Listed(Aggregate):
    """Rows of one group as the text of a JSON array of arrays."""

    name = "listed"
    output_field = TextField()
    arity = 2

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="json_agg(json_build_array(%(expressions)s))::text", **extra
        )

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(
            compiler, connection, template="json_group_array(json_array(%(expressions)s))", **extra
        )


def switched_on() -> Subquery:
    """Return what `on_in` reads, as a column of a statement that reads grants."""
    rows = Toggle.objects.filter(grant=OuterRef("pk"), on=True).order_by().values("grant")
    return Subquery(rows.annotate(listed=_Listed("flow", "fields")).values("listed"))


def on_in(told: str | None) -> On:
    """Return the flows that are on, each with the fields that its yes covers, from the column of `switched_on`."""
    return {flow: _paths(fields) for flow, fields in json.loads(told or "[]")}


def turn_on(grant: Grant, flow: Flow, *, at: datetime) -> None:
    """Switch one flow on for the fields that it declares today. One statement, whether the switch was there or not."""
    shown = sorted(flow.field_set)
    fresh = Toggle(grant=grant, flow=flow.key, on=True, fields=shown, purpose=flow.purpose, changed_at=at)
    Toggle.objects.bulk_create(
        [fresh],
        update_conflicts=True,
        unique_fields=["grant", "flow"],
        update_fields=["on", "fields", "purpose", "changed_at"],  # its epoch stays: it rises when it goes off
    )


def turn_off(grant: Grant, flow: str, *, at: datetime) -> None:
    Toggle.objects.filter(grant=grant, flow=flow).update(on=False, epoch=F("epoch") + 1, changed_at=at)


def set_to(grant: Grant, manifest: Manifest, flows: Collection[str], *, at: datetime) -> tuple[list[str], On]:
    """Make the switches say what the member said; return the flows that changed, and what is on now."""
    before = {toggle.flow: toggle for toggle in grant.toggles.all()}
    fresh = {
        flow.key: Toggle(grant=grant, flow=flow.key, purpose=flow.purpose, changed_at=at)
        for flow in manifest.flows
        if flow.key not in before
    }
    toggles = before | fresh
    touched = sorted(
        flow.key
        for flow in manifest.flows
        if _changed(toggles[flow.key], wanted=flow.key in flows, shown=sorted(flow.field_set), at=at)
    )
    Toggle.objects.bulk_create(fresh.values())
    Toggle.objects.bulk_update([before[flow] for flow in touched if flow in before], _WRITTEN)
    return touched, {toggle.flow: frozenset(toggle.fields) for toggle in toggles.values() if toggle.on}


def _changed(toggle: Toggle, *, wanted: bool, shown: list[str], at: datetime) -> bool:
    if toggle.on and not wanted:
        toggle.on, toggle.epoch, toggle.changed_at = False, toggle.epoch + 1, at
    elif wanted and (not toggle.on or toggle.fields != shown):
        toggle.on, toggle.fields, toggle.changed_at = True, shown, at
    else:
        return False
    return True


def _paths(fields: Any) -> frozenset[str]:
    """SQLite has a JSON column as text, inside JSON too."""
    return _parsed(fields) if isinstance(fields, str) else frozenset(fields)


@lru_cache(maxsize=4_096)
def _parsed(fields: str) -> frozenset[str]:
    return frozenset(json.loads(fields))
