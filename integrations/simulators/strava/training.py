"""The simulated Strava's activities and uploads: an upload is read, waits a moment, and becomes an activity
or none.

A second upload with the same external id or the same start is a duplicate of the first, as at the real one.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from integrations.simulators.store import Things

PROCESSING = "Your activity is still being processed."
READY = "Your activity is ready."
ERROR = "There was an error processing your activity."
_NS = "{http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2}"
_SPORTS = {"Running": "Run", "Biking": "Ride"}


def upload(
    things: Things, *, athlete: int, file: bytes, form: dict[str, str], seconds: float
) -> dict[str, Any]:
    """Take a TCX file in. What becomes of it shows after `seconds`."""
    external_id = f"{form.get('external_id') or 'upload'}.tcx"
    body: dict[str, Any] = {"athlete": athlete, "external_id": external_id, "ready_at": time.time() + seconds}
    key = things.add("upload", external_id, body)
    try:
        read = _read(file)
    except (ValueError, TypeError, ParseError, DefusedXmlException):
        body["error"] = "The file is malformed."
    else:
        same = _same(things, athlete, external_id, read["start_date"])
        if same is not None:
            body["error"] = f"{external_id} duplicate of activity {same}"
        else:
            name = form.get("name") or "Activity"
            activity = {**read, "name": name, "external_id": external_id, "upload_id": key, "manual": False}
            activity |= {"description": form.get("description") or None, "visible_from": body["ready_at"]}
            body["activity_id"] = log(things, athlete=athlete, activity=activity)
    things.put(key, body)
    return upload_state(things, key, athlete, at=0.0) or {}


def upload_state(things: Things, key: int, athlete: int, *, at: float) -> dict[str, Any] | None:
    body = things.get("upload", key)
    if body is None or body["athlete"] != athlete:
        return None
    state = {
        "id": key,
        "id_str": str(key),
        "external_id": body["external_id"],
        "error": None,
        "activity_id": None,
    }
    if at < body["ready_at"]:
        return {**state, "status": PROCESSING}
    if body.get("error"):
        return {**state, "status": ERROR, "error": body["error"]}
    return {**state, "status": READY, "activity_id": body["activity_id"]}


def log(things: Things, *, athlete: int, activity: dict[str, Any]) -> int:
    """Keep an activity; what is not given takes the value of a new one."""
    body = {
        "resource_state": 3, "athlete": {"id": athlete, "resource_state": 1}, "name": "Activity",
        "description": None, "distance": 0.0, "type": activity.get("sport_type", "Workout"), "utc_offset": 0.0,
        "external_id": None, "upload_id": None, "manual": True, "heartrate_opt_out": False, "visible_from": 0.0,
        "gear_id": None, "kudos_count": 0, "device_name": None, "map": {"id": "", "summary_polyline": ""},
        "beats": [], **activity,
    }  # fmt: skip
    body["has_heartrate"] = bool(body["beats"])
    body.setdefault("moving_time", body["elapsed_time"])
    key = things.add("activity", str(athlete), body)
    for mark in (body["external_id"], body["start_date"]):
        if mark is not None:
            things.add("mark", f"{athlete} {mark}", {"activity": key})
    return key


def shown(key: int, body: dict[str, Any]) -> dict[str, Any]:
    """Return an activity as the API shows it."""
    start = datetime.fromisoformat(body["start_date"])
    local = start + timedelta(seconds=body["utc_offset"])
    seen = {name: value for name, value in body.items() if name not in {"beats", "visible_from"}}
    upload_id = body["upload_id"]
    seen |= {"id": key, "start_date_local": f"{local:%Y-%m-%dT%H:%M:%SZ}"}  # local, with a misleading Z
    seen |= {"upload_id_str": str(upload_id) if upload_id else None, "timezone": "(GMT+00:00) UTC"}
    return seen | {"average_speed": round(body["distance"] / max(1, body["moving_time"]), 3)}


def one(things: Things, athlete: int, key: int, *, at: float) -> dict[str, Any] | None:
    """Return an activity of the athlete's, once it is made."""
    body = things.get("activity", key)
    if body is None or body["athlete"]["id"] != athlete or body["visible_from"] > at:
        return None
    return body


def of_athlete(things: Things, athlete: int, *, at: float) -> list[tuple[int, dict[str, Any]]]:
    return [(key, body) for key, body in things.named("activity", str(athlete)) if body["visible_from"] <= at]


def streams(body: dict[str, Any], keys: list[str]) -> dict[str, Any]:
    beats = body["beats"]
    every = {"time": [second for second, _ in beats], "heartrate": [bpm for _, bpm in beats]}
    every["distance"] = [0.0 for _ in beats]
    kept = {key: every[key] for key in keys if key in every and (beats or key == "time")}
    return {
        key: {"data": data, "series_type": "time", "original_size": len(data), "resolution": "high"}
        for key, data in kept.items()
    }


def _same(things: Things, athlete: int, external_id: str, start: str) -> int | None:
    for mark in (external_id, start):
        for _, row in things.named("mark", f"{athlete} {mark}"):
            return int(row["activity"])
    return None


def _read(file: bytes) -> dict[str, Any]:
    """Read sport, times, distance and heart rate. Every trackpoint needs a time."""
    activity = fromstring(file).find(f"{_NS}Activities/{_NS}Activity")
    if activity is None:
        raise ValueError("no activity")
    points = list(activity.iter(f"{_NS}Trackpoint"))
    times = [datetime.fromisoformat(str(point.findtext(f"{_NS}Time"))).astimezone(UTC) for point in points]
    start, end = min(times), max(times)
    beats = [
        [round((at - start).total_seconds()), int(bpm)]
        for at, point in zip(times, points, strict=True)
        if (bpm := point.findtext(f"{_NS}HeartRateBpm/{_NS}Value")) is not None
    ]
    return {
        "sport_type": _SPORTS.get(str(activity.get("Sport")), "Workout"),
        "start_date": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "elapsed_time": round((end - start).total_seconds()),
        "distance": float(activity.findtext(f"{_NS}Lap/{_NS}DistanceMeters") or 0),
        "beats": beats,
    }


def epoch(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
