"""What would have moved on one day, in words a member would use. The values come from the gate's own previews."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from consent.gate.door import Shown
from consent.gate.release import Preview
from consent.gate.shapes import Reason
from consent.manifests.shapes import Direction, Flow, Manifest
from consent.web import words


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
    manifest: Manifest, shown: Sequence[Shown], *, day: date, today: date, only: str | None = None
) -> PreviewPage:
    """Return the preview of a day. `shown` is the gate's answer for each switch that is on; `only` tells of one."""
    moving = {each.flow for each in shown if each.previews}
    out: list[Line] = []
    in_: list[Line] = []
    counts = {Direction.EXPORT: 0, Direction.IMPORT: 0}
    for each in shown:
        flow = manifest.flow(each.flow)
        if flow is None or only not in {None, flow.key}:
            continue
        lines, moved = _lines(manifest, flow, each, moving)
        counts[flow.direction] += moved
        (out if flow.direction is Direction.EXPORT else in_).extend(lines)
    return PreviewPage(
        heading=_("If this had been on yesterday")
        if day == today - timedelta(days=1)
        else _("If this had been on"),
        from_day=words.weekday(day, today=today),
        tally=_tally(len(shown), counts[Direction.EXPORT], counts[Direction.IMPORT]),
        partner=manifest.name,
        out=tuple(out),
        in_=tuple(in_),
    )


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
    return [line for preview in shown.previews for line in _values(flow, preview)], True


def _none(manifest: Manifest, flow: Flow, reason: Reason | None) -> str:
    if flow.direction is Direction.IMPORT:
        return _("%(partner)s has sent us nothing of that day.") % {"partner": manifest.name}
    if reason is Reason.SOURCE_NOT_ALLOWED:
        return _("Nothing. Your workouts of that day were not recorded with heart rate.")
    if reason is not None:
        return _("Nothing would have gone out that day.")
    return _("You have nothing of this kind for that day.")


def _values(flow: Flow, preview: Preview) -> list[Line]:
    fields = preview.fields
    if preview.kind == "workout":
        return [Line(*words.workout(fields))]
    if preview.kind == "heartrate":
        return [_heart_rate(flow, fields)]
    if "score" in fields:
        name = words.label(flow.data_type).removesuffix(" score")
        return [
            Line(
                f"{name} {fields['score']}",
                _("Sent once, with a workout of that day") if flow.rides_on else "",
            )
        ]
    return [Line(flow.name, ", ".join(_said(value) for value in fields.values()))]


def _heart_rate(flow: Flow, fields: Mapping[str, Any]) -> Line:
    beats = [row["bpm"] for row in fields.get("rows", []) if isinstance(row.get("bpm"), int | float)]
    if not beats:
        return Line(flow.name, "")
    told = {"low": min(beats), "high": max(beats)}
    return Line(flow.name, _("From %(low)d to %(high)d beats a minute") % told)


def _said(value: Any) -> str:
    return f"{value:.0f}" if isinstance(value, float) else str(value)
