"""What would have moved, in words a person reads: "Steps", "8213 steps". Values, never field names. Pure.

A release holds paths and numbers; each path that a flow can carry has its phrase here. A path without one is told by
its label and its value, so that nothing that would leave is missing from what the member sees.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.gate.release import Preview
from consent.manifests.shapes import Flow
from consent.web import words
from records.vocabulary.data_types import DATA_TYPES
from records.vocabulary.registry import kind_of

Said = tuple[str, str]
SECONDS_A_DAY = 86_400


def told(flow: Flow, previews: Sequence[Preview]) -> list[Said]:
    """Return (name, detail) for each thing that one switch would have moved on a day."""
    if DATA_TYPES[flow.data_type].made_of:
        return [(flow.name, _("Made of: %(parts)s") % {"parts": ", ".join(_parts(previews))})]
    if summary := _many(flow, previews):
        return [(flow.name, summary)]
    return [_one(flow, preview) for preview in previews]


def _one(flow: Flow, preview: Preview) -> Said:
    if preview.kind == "workout":
        return words.workout(preview.fields)
    if "score" in preview.fields:
        sent = _("Sent once, with a workout of that day") if flow.rides_on else ""
        return _score(preview), sent
    return flow.name, ", ".join(_phrases(preview))


def _parts(previews: Sequence[Preview]) -> Iterator[str]:
    """A composite's parts by their own names."""
    for preview in previews:
        if "score" in preview.fields:
            yield _score(preview)
        else:
            yield from _phrases(preview)


def _score(preview: Preview) -> str:
    """Return "Readiness 71", by the data type that the score belongs to."""
    kind = kind_of(preview.kind)
    leaf = kind.by_path.get("score") if kind else None
    label = words.label((leaf.data_type if leaf else None) or preview.data_type)
    return f"{label.removesuffix(' score')} {preview.fields['score']}"


def _phrases(preview: Preview) -> Iterator[str]:
    if "rows" in preview.fields:
        yield _rows(preview.fields["rows"])
        return
    if "points" in preview.fields:
        yield _("A path of %(count)d points on a map") % {"count": len(preview.fields["points"])}
        return
    spans = SPANS.get(preview.kind)
    if spans and (span := _span(preview.fields, *spans)):
        yield span
    for path, value in _flat(preview.fields):
        if not _goes_along(preview.kind, path) and path not in (spans or ()):
            yield _phrase(path, value)


def _phrase(path: str, value: Any) -> str:
    say = PHRASES.get(path)
    if say is not None:
        return say(value)
    if isinstance(value, Mapping):
        return _("%(what)s through the day") % {"what": words.part(path)}
    return f"{words.part(path)} {_plain(value)}"


def _rows(rows: Sequence[Mapping[str, Any]]) -> str:
    beats = [row["bpm"] for row in rows if isinstance(row.get("bpm"), int | float)]
    if not beats:
        count = len(rows)
        return ngettext("%(count)d reading", "%(count)d readings", count) % {"count": count}
    if len(beats) == 1:
        return _("%(count)d beats a minute") % {"count": beats[0]}
    return _("From %(low)d to %(high)d beats a minute") % {"low": min(beats), "high": max(beats)}


def _many(flow: Flow, previews: Sequence[Preview]) -> str:
    """Return readings of one day as one phrase; "" for what is told one by one."""
    kinds = {preview.kind for preview in previews}
    kind = kinds.pop() if len(kinds) == 1 else ""
    numbers = [float(p.fields["value"]) for p in previews if isinstance(p.fields.get("value"), int | float)]
    if kind in SUMS and numbers:
        return _of_data_type(flow.data_type, sum(numbers))
    if kind in RANGES and numbers:
        told_ = {"low": round(min(numbers)), "high": round(max(numbers)), "unit": str(RANGES[kind])}
        if told_["low"] == told_["high"]:
            return _("%(low)d %(unit)s") % told_
        return _("From %(low)d to %(high)d %(unit)s") % told_
    if kind == "meal":
        return ", ".join(_clock(preview.fields.get("time")) for preview in previews)
    return ""


def _of_data_type(data_type: str, amount: float) -> str:
    if data_type == "steps":
        return _steps(amount)
    return _distance(amount) if data_type == "distance" else _calories(amount)


def _span(fields: Mapping[str, Any], begin: str, end: str) -> str:
    if fields.get(begin) is None or fields.get(end) is None:
        return ""
    return _("%(begin)s to %(end)s") % {"begin": _clock(fields[begin]), "end": _clock(fields[end])}


def _clock(at: Any) -> str:
    """The time with the offset it was recorded with: a night abroad ends when it ended there."""
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(at) if isinstance(at, str) else None
    return moment.strftime("%H:%M") if moment else ""


def _flat(fields: Mapping[str, Any], under: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in fields.items():
        path = f"{under}{name}"
        if isinstance(value, Mapping) and "items" not in value:
            yield from _flat(value, f"{path}.")
        else:
            yield path, value


def _goes_along(kind_name: str, path: str) -> bool:
    """Whether it is envelope (an id, a day), which says nothing of its own, or is told with another value."""
    kind = kind_of(kind_name)
    leaf = kind.by_path.get(path) if kind else None
    return leaf is None or leaf.envelope or path in WITH_ANOTHER


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return ", ".join(_plain(each) for each in value)
    return str(value).replace("_", " ")


def _steps(count: float) -> str:
    return ngettext("%(count)d step", "%(count)d steps", round(count)) % {"count": round(count)}


def _distance(metres: float) -> str:
    return _("%(count)s km") % {"count": f"{metres / 1000:.1f}"}


def _calories(count: float) -> str:
    return ngettext("%(count)d calorie", "%(count)d calories", round(count)) % {"count": round(count)}


def _beats(count: float) -> str:
    return _("%(count)d beats a minute") % {"count": round(count)}


def _of_midnight(seconds: float) -> str:
    hours, minutes = divmod(round(seconds % SECONDS_A_DAY) // 60, 60)
    return f"{hours % 24:02d}:{minutes:02d}"


def _trend(degrees: float) -> str:
    told_ = {"count": f"{abs(degrees):.2f}"}
    if degrees < 0:
        return _("%(count)s °C cooler than is usual for you") % told_
    return _("%(count)s °C warmer than is usual for you") % told_


def _sat_still(count: int) -> str:
    if not count:
        return _("You did not sit still for long")
    told_ = ngettext("You sat still for long once", "You sat still for long %(count)d times", count)
    return told_ % {"count": count}


def _long(sentence: str) -> Callable[[float], str]:
    return lambda seconds: _(sentence) % {"length": words.length(seconds)}


def _amount(sentence: str, form: str = "{:.0f}") -> Callable[[float], str]:
    return lambda value: _(sentence) % {"count": form.format(value)}


SPANS = {"sleep": ("bedtime_start", "bedtime_end"), "mindful_minutes": ("start", "end"),
         "power_sample": ("start", "end"), "session": ("start_datetime", "end_datetime")}  # fmt: skip
SUMS = frozenset({"steps_sample", "distance_sample", "active_energy_sample", "total_energy_sample"})
RANGES = {"glucose": "mg/dL", "heart_rate_variability_sample": "ms"}
WITH_ANOTHER = frozenset({"optimal_bedtime.day_tz", "source"})
PHRASES: Mapping[str, Callable[[Any], str]] = {
    "total_sleep_duration": _long("%(length)s asleep"),
    "awake_time": _long("%(length)s awake"),
    "deep_sleep_duration": _long("%(length)s of deep sleep"),
    "light_sleep_duration": _long("%(length)s of light sleep"),
    "rem_sleep_duration": _long("%(length)s of REM sleep"),
    "sleep_phase_5_min": lambda _phases: _("your sleep stage every five minutes"),
    "type": lambda kind: _("kind: %(kind)s") % {"kind": _plain(kind)},
    "average_breath": _amount("%(count)s breaths a minute", "{:.1f}"),
    "lowest_heart_rate": _beats,
    "average_heart_rate": _beats,
    "average_hrv": _amount("%(count)s ms"),
    "steps": _steps,
    "equivalent_walking_distance": _distance,
    "active_calories": _calories,
    "resting_calories": _calories,
    "total_calories": _calories,
    "inactivity_alerts": _sat_still,
    "day_summary": lambda word: str(word).capitalize(),
    "recovery_high": _long("%(length)s of rest"),
    "stress_high": _long("%(length)s of stress"),
    "spo2_percentage.average": _amount("%(count)s percent oxygen"),
    "optimal_bedtime.start_offset": lambda at: _("best bedtime from %(time)s") % {"time": _of_midnight(at)},
    "optimal_bedtime.end_offset": lambda at: _("until %(time)s") % {"time": _of_midnight(at)},
    "temperature_trend_deviation": _trend,
    "temperature_deviation": _trend,
    "height": _amount("%(count)s m", "{:.2f}"),
    "weight": _amount("%(count)s kg", "{:.1f}"),
    "date_of_birth": lambda day: words.day(datetime.fromisoformat(str(day)).date()),
    "sex": lambda word: str(word).capitalize(),
    "samples": lambda _watts: _("your power through the workout, in watts"),
    "name": lambda rule: _plain(rule).capitalize(),
    "parameters": _plain,
}
