"""What would have moved on one day, in words a member would use. The values come from the gate's own previews."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from consent.gate.door import Shown
from consent.gate.shapes import Reason
from consent.manifests.shapes import Direction, Flow, Manifest
from consent.web import words
from consent.web.pages import values

IN_WORDS = {"period": "which sleep of the day it is"}  # an index, and no word of a cycle


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that would have moved, or why one switch would have moved nothing."""

    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class PreviewPage:
    heading: str
    from_day: str
    tally: str
    partner: str
    out: tuple[Line, ...]
    in_: tuple[Line, ...]


def page(
    manifest: Manifest,
    shown: Sequence[Shown],
    *,
    day: date,
    today: date,
    only: Collection[str] | None = None,
) -> PreviewPage:
    """Return the preview of a day. `shown` is the gate's answer for each switch that is on; `only` tells of some."""
    moving = {each.flow for each in shown if each.previews}
    told = [each for each in shown if only is None or each.flow in only]
    out: list[Line] = []
    in_: list[Line] = []
    counts = {Direction.EXPORT: 0, Direction.IMPORT: 0}
    for flow, each in _in_order(manifest, told):
        lines, moved = _lines(manifest, flow, each, moving)
        counts[flow.direction] += moved
        (out if flow.direction is Direction.EXPORT else in_).extend(lines)
    return PreviewPage(
        heading=_("If this had been on yesterday")
        if day == today - timedelta(days=1)
        else _("If this had been on"),
        from_day=words.weekday(day, today=today),
        tally=_tally(len(told), counts[Direction.EXPORT], counts[Direction.IMPORT]),
        partner=manifest.name,
        out=tuple(out),
        in_=tuple(in_),
    )


def of_fields(manifest: Manifest, flows: Collection[str]) -> PreviewPage:
    """Return what each switch would carry, field by field and without a value: for a page that a partner opened."""
    asked = [flow for flow in manifest.flows if flow.key in flows]
    told = {
        direction: tuple(Line(flow.name, _fields(flow)) for flow in asked if flow.direction is direction)
        for direction in Direction
    }
    return PreviewPage(
        heading=_("What each switch carries"),
        from_day="",
        tally=_("No value of yours is on this page."),
        partner=manifest.name,
        out=told[Direction.EXPORT],
        in_=told[Direction.IMPORT],
    )


def _fields(flow: Flow) -> str:
    """Return the names of a flow's fields: the last part of each path, in words."""
    leaves = [path.rpartition(".")[2] for paths in flow.fields.values() for path in paths]
    return ", ".join(dict.fromkeys(IN_WORDS.get(leaf, leaf.replace("_", " ")) for leaf in leaves))


def _in_order(manifest: Manifest, shown: Sequence[Shown]) -> list[tuple[Flow, Shown]]:
    """The order of the switches, so that the panel reads as the page does."""
    by_flow = {each.flow: each for each in shown}
    return [(flow, by_flow[flow.key]) for flow in manifest.flows if flow.key in by_flow]


def _tally(on: int, out: int, in_: int) -> str:
    if on == 0:
        return _("Nothing would have moved. All switches are off.")
    if out == in_ == 0:
        return _("Nothing would have moved that day.")
    told = {"out": words.types(out), "in": words.types(in_)}
    return _("%(out)s would have gone out. %(in)s would have come in.") % told


def _lines(manifest: Manifest, flow: Flow, shown: Shown, moving: set[str]) -> tuple[list[Line], bool]:
    if flow.on_demand:
        return [Line(flow.name, _("Only the ones you post. You did not post one."))], False
    if not shown.previews:
        return [Line(flow.name, _none(manifest, flow, shown.reason))], False
    if flow.rides_on and flow.rides_on not in moving:
        return [
            Line(flow.name, _("This goes as text on a workout. No workout would have gone out that day."))
        ], False
    return [Line(*said) for said in values.told(flow, shown.previews)], True


def _none(manifest: Manifest, flow: Flow, reason: Reason | None) -> str:
    if flow.direction is Direction.IMPORT:
        return _("%(partner)s has sent us nothing of that day.") % {"partner": manifest.name}
    if reason is Reason.SOURCE_NOT_ALLOWED:
        return _("Nothing. Your workouts of that day were not recorded with heart rate.")
    if reason is not None:
        return _("Nothing would have gone out that day.")
    return _("You have nothing of this kind for that day.")
