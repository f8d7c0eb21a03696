"""What goes to Strava: a workout as a TCX file, a score as one line of text, and the scopes each flow
needs. Pure.

TCX is the simplest form that carries heart rate without a position; `POST /activities` has no heart rate at
all (developers.strava.com, Uploads and API reference, read 2026-11-20). Nothing is written that the release
does not hold: no latitude, no device, no notes, no calories.
"""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from xml.etree import ElementTree as Xml

from consent.gate.release import Release
from records.vocabulary.activities import OTHER, closed

NAMESPACE: Final = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
SCOPES: Final[Mapping[str, frozenset[str]]] = {
    "export:workout": frozenset({"activity:write"}),
    "export:readiness_score": frozenset({"activity:write", "activity:read"}),
    "export:activity_score": frozenset({"activity:write", "activity:read"}),
    "export:sticker": frozenset(),  # a picture the member shares from the phone; no call to Strava
    "import:workout": frozenset({"activity:read"}),
    "import:heart_rate": frozenset({"activity:read"}),
}
_SCORE_WORDS: Final[Mapping[str, str]] = {"readiness_score": "Readiness", "activity_score": "Activity"}
# The schema's three words; every other sport is "Other".
_SPORTS: Final[Mapping[str, str]] = {
    "running": "Running",
    "indoor_running": "Running",
    "treadmill": "Running",
    "trail_running": "Running",
    "cycling": "Biking",
    "indoor_cycling": "Biking",
    "mountain_biking": "Biking",
}


class NotRepresentable(ValueError):
    """The release lacks what Strava's form cannot do without."""

    def __init__(self, missing: str) -> None:
        super().__init__(f"This release cannot be written for Strava: no usable {missing}.")


def authorize_query(*, client_id: str, flows: frozenset[str], state: str, callback: str) -> str:
    """Return the query of the page where the member says yes at Strava. Scopes are comma separated there.

    developers.strava.com, Authentication, read 2026-11-20. `read` comes along: it is what `GET /athlete`
    needs.
    """
    scopes = {"read"}.union(*(SCOPES.get(flow, frozenset()) for flow in flows))
    fields = {
        "client_id": client_id,
        "redirect_uri": callback,
        "response_type": "code",
        "approval_prompt": "auto",
        "scope": ",".join(sorted(scopes)),
        "state": state,
    }
    return urlencode(fields)


def tcx(release: Release) -> bytes:
    """Return the workout as one TCX activity with one lap; every trackpoint has a time, as Strava demands.

    Times are UTC, duration in s, distance in m only if measured, heart rate in beats a minute per sample.
    The first and the last trackpoint are the workout's own start and end: Strava takes the elapsed time
    from them.
    """
    fields = release.fields
    start, end = _moment(fields.get("start_datetime"), "start"), _moment(fields.get("end_datetime"), "end")
    if end < start:
        raise NotRepresentable("end")
    distance = _distance(fields.get("distance"))
    root = Xml.Element("TrainingCenterDatabase", {"xmlns": NAMESPACE})
    activity = Xml.SubElement(Xml.SubElement(root, "Activities"), "Activity", {"Sport": _sport(fields)})
    _leaf(activity, "Id", _utc(start))
    lap = Xml.SubElement(activity, "Lap", {"StartTime": _utc(start)})
    _leaf(lap, "TotalTimeSeconds", f"{(end - start).total_seconds():.1f}")
    if distance is not None:
        _leaf(lap, "DistanceMeters", f"{distance:.1f}")
    _leaf(lap, "Intensity", "Active")
    _leaf(lap, "TriggerMethod", "Manual")
    _track(
        Xml.SubElement(lap, "Track"), start, end, distance, dict(_beats(fields.get("heart_rate"), start, end))
    )
    written: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def upload_form(release: Release) -> dict[str, str]:
    """Return the fields beside the file (`POST /uploads`). The name is a generic sport, never the member's label."""
    word = closed(str(release.fields.get("activity", OTHER)))
    name = "Workout" if word == OTHER else word.replace("_", " ").capitalize()
    return {"data_type": "tcx", "external_id": str(release.document_id), "name": name}


def score_line(release: Release) -> str:
    """Return the score's one line, "Readiness 82": no field exists for it at Strava but the description's text."""
    word, score = _SCORE_WORDS.get(release.data_type), release.fields.get("score")
    if word is None or isinstance(score, bool) or not isinstance(score, int) or not 0 <= score <= 100:
        raise NotRepresentable("score")
    return f"{word} {score}"


def with_line(description: str | None, line: str) -> str:
    """Return the description with our line as its last, once. Everything the member wrote stays as it is."""
    word = line.split(" ", 1)[0]
    ours = re.compile(rf"{re.escape(word)} \d{{1,3}}")
    text = description or ""
    if line in text.splitlines():
        return text
    kept = "\n".join(row for row in text.split("\n") if not ours.fullmatch(row.strip()))
    return f"{kept.rstrip()}\n{line}" if kept.strip() else line


def _track(
    track: Xml.Element, start: datetime, end: datetime, distance: float | None, beats: Mapping[datetime, int]
) -> None:
    for at in sorted({start, end, *beats}):
        point = Xml.SubElement(track, "Trackpoint")
        _leaf(point, "Time", _utc(at))
        if distance is not None and at in {start, end}:
            _leaf(point, "DistanceMeters", "0.0" if at == start else f"{distance:.1f}")
        if at in beats:
            _leaf(Xml.SubElement(point, "HeartRateBpm"), "Value", str(beats[at]))


def _beats(sample: Any, start: datetime, end: datetime) -> Iterator[tuple[datetime, int]]:
    """Yield the time and beats of each sample within the workout. A gap (null) is no trackpoint."""
    if not isinstance(sample, Mapping):
        return
    first, interval, items = (
        _moment(sample.get("timestamp"), "heart rate"),
        sample.get("interval"),
        sample.get("items"),
    )
    if isinstance(interval, bool) or not isinstance(interval, int | float) or not interval > 0:
        raise NotRepresentable("heart rate")
    for place, item in enumerate(items if isinstance(items, list | tuple) else ()):
        if isinstance(item, bool) or not isinstance(item, int | float) or not 1 <= item <= 254:
            continue
        at = first + timedelta(seconds=interval * place)
        if start <= at <= end:
            yield at, round(item)


def _sport(fields: Mapping[str, Any]) -> str:
    return _SPORTS.get(closed(str(fields.get("activity", OTHER))), "Other")


def _distance(value: Any) -> float | None:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not math.isfinite(value)
        or value <= 0
    ):
        return None
    return float(value)


def _moment(value: Any, what: str) -> datetime:
    """Read ISO 8601 with an offset; a time without one names no moment."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise NotRepresentable(what)


def _utc(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds").replace(
        "+00:00", "Z"
    )


def _leaf(parent: Xml.Element, name: str, text: str) -> None:
    Xml.SubElement(parent, name).text = text
