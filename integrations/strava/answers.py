"""What comes from Strava: token replies, upload states, rate limits, activities, streams, webhook notices.
Pure.

Only what our flows carry is read; name, description, map, gear, photos and the rest of an activity are never
touched. An answer that is not as documented raises `Garbage`. (developers.strava.com, read 2026-11-20.)
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, timezone
from typing import Any, Final
from uuid import UUID

from integrations.connectors.port import Credentials, Incoming, Notice

SIGNATURE_TOLERANCE: Final = timedelta(seconds=300)
LONGEST_TOKEN: Final = 4096
FIRST_YEAR, LAST_YEAR = 2000, 2999
_NUMBER: Final = re.compile(r"[0-9]{1,18}")
_SCOPE: Final = re.compile(r"[a-z_:]{1,64}")
_HIDDEN_START: Final = time(0, 0, 1)
_WORDS: Final[Mapping[str, str]] = {
    "AlpineSki": "downhill_skiing", "BackcountrySki": "skiing", "Badminton": "badminton", "Basketball": "basketball",
    "Cricket": "cricket", "Crossfit": "crossfit", "Dance": "dance", "EBikeRide": "cycling",
    "EMountainBikeRide": "mountain_biking", "Elliptical": "elliptical", "Golf": "golf", "GravelRide": "cycling",
    "HighIntensityIntervalTraining": "hiit", "Hike": "hiking", "IceSkate": "ice_skating", "InlineSkate": "skating",
    "Kayaking": "kayaking", "MountainBikeRide": "mountain_biking", "NordicSki": "cross_country_skiing",
    "Padel": "padel", "Pickleball": "pickleball", "Pilates": "pilates", "Racquetball": "racquetball",
    "Ride": "cycling", "RockClimbing": "rock_climbing", "RollerSki": "cross_country_skiing", "Rowing": "rowing",
    "Run": "running", "Sail": "sailing", "Skateboard": "skateboarding", "Snowboard": "snowboarding",
    "Snowshoe": "snowshoeing", "Soccer": "soccer", "Squash": "squash", "StairStepper": "stair_exercise",
    "Surfing": "surfing", "Swim": "swimming", "TableTennis": "table_tennis", "Tennis": "tennis",
    "TrailRun": "trail_running", "VirtualRide": "indoor_cycling", "VirtualRow": "rowing",
    "VirtualRun": "indoor_running", "Volleyball": "volleyball", "Walk": "walking",
    "WeightTraining": "strength_training", "Yoga": "yoga",
}  # fmt: skip


class Garbage(ValueError):
    """Strava's answer is not as its documentation says. Carries none of it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Strava's answer holds no usable {what}.")


def tokens(reply: Any) -> Credentials:
    """Read a token reply (Authentication). The refresh token may be a new one; the old is then dead."""
    reply = _object(reply)
    access, refresh = reply.get("access_token"), reply.get("refresh_token")
    if not (_is_token(access) and _is_token(refresh)):
        raise Garbage("token")
    try:
        expires_at = datetime.fromtimestamp(_whole(reply.get("expires_at"), "expiry"), UTC)
    except (OverflowError, OSError, ValueError):
        raise Garbage("expiry") from None
    return Credentials(access, refresh, expires_at)


def account(reply: Any) -> str:
    """Return the athlete's id from a token reply."""
    return str(_whole(_object(_object(reply).get("athlete")).get("id"), "athlete"))


def granted(scopes: Any) -> frozenset[str]:
    """Read the callback's list: what the athlete left ticked, comma separated (Authentication)."""
    if not isinstance(scopes, str | None):
        raise Garbage("scope")
    return frozenset(part for part in re.split(r"[,\s]+", scopes or "") if _SCOPE.fullmatch(part))


@dataclass(frozen=True, slots=True)
class Upload:
    """Where an upload stands: "processing", "ready", "duplicate" or "failed"."""

    upload_id: str
    state: str
    activity_id: str | None = None


def upload(reply: Any) -> Upload:
    """Read an upload's state (Uploads). A duplicate names the activity that is already there."""
    reply = _object(reply)
    named = reply.get("id_str")
    if not isinstance(named, str) or not _NUMBER.fullmatch(named):
        named = str(_whole(reply.get("id"), "upload"))
    upload_id = named
    error, activity_id = reply.get("error"), reply.get("activity_id")
    if error:
        found = re.search(r"duplicate of\D*([0-9]{1,19})(?![0-9])", str(error))
        return Upload(upload_id, "duplicate", found[1]) if found else Upload(upload_id, "failed")
    if activity_id is not None:
        return Upload(upload_id, "ready", str(_whole(activity_id, "activity")))
    if "still being processed" in str(reply.get("status")):
        return Upload(upload_id, "processing")
    return Upload(upload_id, "failed")


def rest_after_429(headers: Mapping[str, str], at: datetime) -> timedelta:
    """Return how long to wait: to the next quarter hour, or to midnight UTC when a day's share is used up.

    Rate limits: windows at :00 :15 :30 :45, the day ends at midnight UTC; there is no Retry-After.
    """
    at = at.astimezone(UTC)
    if _day_used_up(headers, "X-RateLimit") or _day_used_up(headers, "X-ReadRateLimit"):
        midnight = datetime.combine(at.date() + timedelta(days=1), time(), UTC)
        return midnight - at
    since_hour = timedelta(minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
    quarter = timedelta(minutes=15)
    return quarter - since_hour % quarter


def _day_used_up(headers: Mapping[str, str], name: str) -> bool:
    limit, usage = _counts(headers.get(f"{name}-Limit", "")), _counts(headers.get(f"{name}-Usage", ""))
    return (
        len(limit) == len(usage) == 2 and None not in {*limit, *usage} and (usage[1] or 0) >= (limit[1] or 0)
    )


def _counts(header: str) -> list[int | None]:
    """Read "200,2000". On a POST the read usage has been seen as a lone comma: then nothing is known."""
    return [int(part) if _NUMBER.fullmatch(part.strip()) else None for part in header.split(",")]


@dataclass(frozen=True, slots=True)
class Activity:
    """What we read of an activity, and the ids that tell whether it is our own upload come back."""

    activity_id: str
    ids: frozenset[str]
    start: datetime | None  # None when the athlete hides the start time
    workout: Mapping[str, Any] = field(repr=False)
    has_heart_rate: bool

    def incoming(self) -> Incoming:
        return Incoming("workout", "workout", self.workout, self.activity_id)


def activity(reply: Any) -> Activity:
    """Read an activity (API reference, DetailedActivity): sport, start, elapsed time, distance; nothing else.

    `start_date` is UTC and `utc_offset` gives its local time; `start_date_local` bears a misleading Z and
    is not read. A hidden start time comes as one second past local midnight, so such a workout has no time
    to import.
    """
    reply = _object(reply)
    activity_id = str(_whole(reply.get("id"), "activity"))
    external = str(reply.get("external_id") or "")
    uploads = {str(reply[key]) for key in ("upload_id", "upload_id_str") if reply.get(key)}
    ids = frozenset({activity_id, external, external.split(".", 1)[0], *uploads} - {""})
    start = _start(reply)
    if start.time() == _HIDDEN_START:
        return Activity(activity_id, ids, None, {}, has_heart_rate=False)
    seconds = _whole(reply.get("elapsed_time"), "elapsed time")
    if not 0 <= seconds <= 7 * 86400:
        raise Garbage("elapsed time")
    workout: dict[str, Any] = {
        "activity": _WORDS.get(str(reply.get("sport_type") or reply.get("type")), "other"),
        "start_datetime": start.isoformat(),
        "end_datetime": (start + timedelta(seconds=seconds)).isoformat(),
    }
    distance = reply.get("distance")
    if _number(distance) and distance > 0:
        workout["distance"] = float(distance)
    beats = reply.get("has_heartrate") is True and reply.get("heartrate_opt_out") is not True
    return Activity(activity_id, ids, start, workout, has_heart_rate=beats)


def made_by_us(reply: Any, own_id: UUID) -> bool:
    """Whether an activity is the one we made: its external id is ours, maybe with an extension.

    An upload may also end as a duplicate of what the athlete's watch had recorded; that one is not ours to write on.
    """
    return str(_object(reply).get("external_id")).split(".", 1)[0] == str(own_id)


def heart_rate_rows(reply: Any, start: datetime) -> list[dict[str, Any]]:
    """Read the two streams asked for (`keys=time,heartrate`): seconds since the start, beats a minute."""
    reply = _object(reply)
    if "heartrate" not in reply:
        return []
    times, beats = (_object(reply.get(key)).get("data") for key in ("time", "heartrate"))
    if not (isinstance(times, list) and isinstance(beats, list) and len(times) == len(beats)):
        raise Garbage("heart rate")
    rows = []
    for second, bpm in zip(times, beats, strict=True):
        if not (_number(second) and 0 <= second <= 7 * 86400 and _number(bpm) and 1 <= bpm <= 254):
            continue
        at = start.astimezone(UTC) + timedelta(seconds=second)
        rows.append({"timestamp": at.isoformat(), "timestamp_unix": round(at.timestamp() * 1000),
                     "bpm": round(bpm), "source": "workout"})  # fmt: skip
    return rows


def notice(body: bytes, *, subscription: str) -> Notice | None:
    """Read a webhook event; None when it is not for our subscription or says nothing to us (Webhooks).

    Removing the app comes as an update of the athlete with `authorized`: the STRING "false"; a boolean is
    taken too.
    """
    try:
        event = _object(json.loads(body))
        owner, thing = (
            str(_whole(event.get("owner_id"), "owner")),
            str(_whole(event.get("object_id"), "object")),
        )
        at = _whole(event.get("event_time"), "time")
    except (ValueError, RecursionError):
        return None
    if not subscription or str(event.get("subscription_id")) != subscription:
        return None
    kind, aspect, updates = event.get("object_type"), event.get("aspect_type"), event.get("updates")
    message = f"{subscription}:{kind}:{owner}:{thing}:{aspect}:{at}"
    if kind == "activity":
        verb = {"create": "created", "update": "changed", "delete": "deleted"}.get(str(aspect))
        return Notice(message, owner, verb, thing) if verb else None
    gone = isinstance(updates, dict) and updates.get("authorized") in ("false", False)
    if kind == "athlete" and aspect == "update" and gone and owner == thing:
        return Notice(message, owner, "deauthorised")
    return None


def signed(body: bytes, header: str, *, secret: str, at: datetime) -> bool:
    """Check `X-Strava-Signature: t=…,v1=…` over the raw bytes, in constant time, at most 300 s old.

    Its key is disputed, so the check is asked for by a setting only.
    """
    parts = dict(part.strip().split("=", 1) for part in header.split(",") if "=" in part)
    stamp, given = parts.get("t", ""), parts.get("v1", "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
        return False
    if abs(at.timestamp() - int(stamp)) > SIGNATURE_TOLERANCE.total_seconds():
        return False
    wanted = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), given.encode())


def _start(reply: dict[str, Any]) -> datetime:
    try:
        moment = datetime.fromisoformat(str(reply.get("start_date")))
        offset = timezone(timedelta(seconds=reply["utc_offset"]))
        if moment.tzinfo is None:
            raise Garbage("start")
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise Garbage("start")
        return moment.astimezone(offset)
    except (ValueError, KeyError, TypeError, OverflowError):
        raise Garbage("start") from None


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Garbage("object")
    return value


def _whole(value: Any, what: str) -> int:
    """Return a whole number that a database can keep."""
    if isinstance(value, bool) or not isinstance(value, int) or not abs(value) < 2**63:
        raise Garbage(what)
    return value


def _number(value: Any) -> bool:
    """Whether a value is a number one could have measured: not NaN, not infinite, not absurdly long."""
    return not isinstance(value, bool) and isinstance(value, int | float) and abs(value) < 2**63


def _is_token(value: Any) -> bool:
    """Whether a value can travel in a header."""
    return (
        isinstance(value, str) and 0 < len(value) <= LONGEST_TOKEN and value.isascii() and value.isprintable()
    )
