"""The words of a member's page: days, times, lengths, lists. School grade 6 or lower; nothing here asks a database."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.grants.facts import EVERYTHING
from records.vocabulary.data_types import DATA_TYPES

MORNING, NOON, EVENING, NIGHT = 5, 12, 17, 22
SECONDS_A_MINUTE = 60
SECONDS_AN_HOUR = 3600


def day(at: datetime | date) -> str:
    """Return "3 March 2026", in the member's time zone."""
    return date_format(_local_day(at), "j F Y")


def covered(since: date) -> str:
    """Return from when a yes covers: "20 November 2026", or that all of the past is in it."""
    return _("Your whole past") if since <= EVERYTHING else day(since)


def clock(at: datetime) -> str:
    """Return "09:41", in the member's time zone."""
    return date_format(timezone.localtime(at), "H:i")


def weekday(of: date, *, today: date) -> str:
    """Return "Thursday 19 November", with the year when it is another one."""
    return date_format(of, "l j F" if of.year == today.year else "l j F Y")


def when(at: datetime, *, now: datetime) -> str:
    """Return "today, 08:14", "yesterday, 13:05" or "3 March 2026, 08:14"."""
    on, today = _local_day(at), _local_day(now)
    if on == today:
        return _("today, %(time)s") % {"time": clock(at)}
    if on == today - timedelta(days=1):
        return _("yesterday, %(time)s") % {"time": clock(at)}
    return _("%(day)s, %(time)s") % {"day": day(on), "time": clock(at)}


def types(count: int) -> str:
    return ngettext("%(count)d type", "%(count)d types", count) % {"count": count}


def label(data_type: str) -> str:
    """Return what a person calls a data type; a retired one by its key."""
    known = DATA_TYPES.get(data_type)
    return known.label if known else data_type.replace("_", " ").capitalize()


def spoken(data_type: str) -> str:
    """Return the label as it stands inside a sentence."""
    said = label(data_type)
    return said if said[:2].isupper() else said[:1].lower() + said[1:]


def listed(data_types: Iterable[str]) -> str:
    """Return "Workouts, readiness score", or "Nothing"."""
    keys = list(dict.fromkeys(data_types))
    if not keys:
        return _("Nothing")
    return ", ".join([label(keys[0]), *(spoken(key) for key in keys[1:])])


def initials(name: str) -> str:
    """Return "S" or "AH": the first letters of the first two words that begin large, to tell partners apart."""
    large = [word[0] for word in name.split() if word[:1].isupper()]
    return "".join(large[:2]) or name[:1]


def length(seconds: float) -> str:
    """Return "31 minutes" or "1 hour 5 minutes"."""
    hours, rest = divmod(round(seconds / SECONDS_A_MINUTE) * SECONDS_A_MINUTE, SECONDS_AN_HOUR)
    minutes = rest // SECONDS_A_MINUTE
    parts = []
    if hours:
        parts.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if minutes or not hours:
        parts.append(ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes})
    return " ".join(parts)


SPORTS = {
    "running": "run",
    "cycling": "ride",
    "walking": "walk",
    "swimming": "swim",
    "hiking": "hike",
    "strength_training": "strength training",
}


SOURCES = {
    "manual": "logged by hand",
    "autodetected": "found by your ring",
    "confirmed": "found by your ring, and you said yes to it",
    "workout_heart_rate": "recorded with heart rate",
}


def workout(fields: Mapping[str, Any]) -> tuple[str, str]:
    """Return ("Evening run", "18:02, 31 minutes, average 142 beats a minute") from what would be sent of a workout."""
    begun = _moment(fields.get("start_datetime"))
    ended = _moment(fields.get("end_datetime"))
    sport = str(fields.get("activity", "workout"))
    said = _(SPORTS.get(sport, sport.replace("_", " ")))
    name = _of_the_day(begun, said) if begun else said.capitalize()
    told = []
    if begun:
        told.append(begun.strftime("%H:%M"))
    if begun and ended:
        told.append(length((ended - begun).total_seconds()))
    if fields.get("distance"):
        told.append(_("%(count)s km") % {"count": f"{float(fields['distance']) / 1000:.1f}"})
    if fields.get("calories"):
        count = round(fields["calories"])
        told.append(ngettext("%(count)d calorie", "%(count)d calories", count) % {"count": count})
    if fields.get("source") in SOURCES:
        told.append(_(SOURCES[fields["source"]]))
    if beats := _average(fields.get("heart_rate")):
        told.append(_("average %(count)d beats a minute") % {"count": beats})
    return name, ", ".join(told)


def _of_the_day(begun: datetime, sport: str) -> str:
    if MORNING <= begun.hour < NOON:
        return _("Morning %(sport)s") % {"sport": sport}
    if NOON <= begun.hour < EVENING:
        return _("Afternoon %(sport)s") % {"sport": sport}
    if EVENING <= begun.hour < NIGHT:
        return _("Evening %(sport)s") % {"sport": sport}
    return _("Night %(sport)s") % {"sport": sport}


def _average(sample: Any) -> int | None:
    items = sample.get("items") if isinstance(sample, Mapping) else sample
    beats = [value for value in items or [] if isinstance(value, int | float)]
    return round(sum(beats) / len(beats)) if beats else None


def _moment(told: Any) -> datetime | None:
    """A time keeps the offset it was recorded with: a run at 18:02 abroad is a run at 18:02."""
    if isinstance(told, datetime):
        return told
    return datetime.fromisoformat(told) if isinstance(told, str) else None


def _local_day(at: datetime | date) -> date:
    return timezone.localtime(at).date() if isinstance(at, datetime) else at


PARTS = {
    "activity": "kind",
    "start_datetime": "start time",
    "end_datetime": "length",
    "heart_rate": "heart rate",
    "bpm": "heart rate",
    "distance": "distance",
    "score": "score",
    "day": "day",
    "timestamp": "time",
    "id": "a number we made for it",
    "average_breath": "breathing rate",
    "average_hrv": "heart rate variability",
    "lowest_heart_rate": "lowest heart rate",
    "bedtime_start": "when you went to bed",
    "bedtime_end": "when you got up",
    "total_sleep_duration": "time asleep",
    "awake_time": "time awake",
    "deep_sleep_duration": "deep sleep",
    "light_sleep_duration": "light sleep",
    "rem_sleep_duration": "REM sleep",
    "sleep_phase_5_min": "sleep stages",
    "type": "kind",
    "source": "how it was logged",
    "day_summary": "one word for the day",
    "equivalent_walking_distance": "distance",
    "inactivity_alerts": "how often you sat still for long",
    "spo2_percentage.average": "blood oxygen",
    "optimal_bedtime.day_tz": "time zone",
    "optimal_bedtime.start_offset": "best bedtime",
    "optimal_bedtime.end_offset": "best bedtime",
    "temperature_trend_deviation": "temperature trend",
    "points[].lat": "points on a map",
    "points[].lon": "points on a map",
    "points[].time": "time of each point",
    "samples": "watts",
    "value": "amount",
    "flag": "too low or too high",
    "trend": "up or down",
    "zone": "time zone",
    "name": "which rule",
    "parameters": "when it speaks",
}


def part(path: str) -> str:
    """Return what a person calls one part of what was sent; a part without a name of its own by its last word."""
    known = PARTS.get(path)
    return _(known) if known else path.rpartition(".")[2].replace("_", " ")
