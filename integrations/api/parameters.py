"""Reading the query of a request as deployed clients write it. Pure: the time comes in as an argument.

Days may be full date-times, moments may be days; a blank may stand where a plus sign was, and no zone is UTC. Unknown
parameters are ignored, an empty one is as good as none, and of a repeated one the last counts. Nothing that was given
is repeated in an answer.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from integrations.api.errors import Problem, invalid
from integrations.api.routes import Collection, Range

LONGEST, LONGEST_FIELDS = 64, 2_000  # characters
DAY = timedelta(days=1)
YES, NO = frozenset({"true", "1", "yes", "on", "t", "y"}), frozenset({"false", "0", "no", "off", "f", "n"})
_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<time>\d\d:\d\d(?::\d\d)?)(?:[.,](?P<part>\d{1,9}))?"
    r"\s?(?P<zone>Z|z|[+\- ]?\d\d:?\d\d)?)?",
    re.ASCII,
)
A_DATE = "Give a date as YYYY-MM-DD."
A_MOMENT = "Give a date and time as YYYY-MM-DDThh:mm:ss+00:00."


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query asks for. Days and moments are both included; `names` None = every field."""

    since: date | None = None
    until: date | None = None
    begin: datetime | None = None
    end: datetime | None = None
    names: frozenset[str] | None = None
    newest: bool = False


def asked(query: Mapping[str, str], collection: Collection, *, now: datetime) -> Asked | Problem:
    """Return what is asked of one collection's list, or the 400 or 422 that says what to do."""
    if collection.single:
        return Asked()
    names = _names(query)
    if isinstance(names, Problem):
        return names
    if collection.range is Range.DATES:
        return _days(query, names, now.astimezone(UTC).date())
    if collection.range is Range.MOMENTS:
        return _moments(query, names, now)
    return Asked(names=names)


def asked_of_one(query: Mapping[str, str]) -> Asked | Problem:
    """Return what is asked of one document."""
    names = _names(query)
    return names if isinstance(names, Problem) else Asked(names=names)


def _days(query: Mapping[str, str], names: frozenset[str] | None, today: date) -> Asked | Problem:
    given = {name: query.get(name, "") for name in ("start_date", "end_date")}
    found = {name: _day(text) for name, text in given.items() if text}
    for name, value in found.items():
        if value is None:
            return invalid(name, A_DATE, "date_from_datetime_parsing")
    until = found.get("end_date") or today
    since = found.get("start_date") or (until - DAY if until > date.min else until)
    if since > until:
        return Problem(400, "Give a start_date that is not after the end_date.")
    return Asked(since=since, until=until, names=names)


def _moments(query: Mapping[str, str], names: frozenset[str] | None, now: datetime) -> Asked | Problem:
    newest = _flag(query.get("latest", ""))
    if newest is None:
        return invalid("latest", "Give true or false.", "bool_parsing")
    if newest:
        return Asked(names=names, newest=True)
    begin = _moment(query.get("start_datetime", ""), end_of_day=False)
    end = _moment(query.get("end_datetime", ""), end_of_day=True)
    for name, value in (("start_datetime", begin), ("end_datetime", end)):
        if query.get(name) and value is None:
            return invalid(name, A_MOMENT, "datetime_parsing")
    end = end or now.astimezone(UTC)
    begin = begin or _a_day_before(end)
    if begin > end:
        return Problem(400, "Give a start_datetime that is not after the end_datetime.")
    return Asked(begin=begin, end=end, names=names)


def _names(query: Mapping[str, str]) -> frozenset[str] | Problem | None:
    text = query.get("fields", "")
    if len(text) > LONGEST_FIELDS:
        return invalid("fields", "Name fewer fields, separated by commas.", "string_too_long")
    names = frozenset(name for part in text.split(",") if (name := part.strip()))
    return names or None


def _day(text: str) -> date | None:
    """Return the day as it is written, of a full date-time too; None where it cannot be read."""
    found = _MOMENT.fullmatch(text.strip()) if len(text) <= LONGEST else None
    if found is None or _read(found, end_of_day=False) is None:
        return None
    return date.fromisoformat(found["day"])


def _moment(text: str, *, end_of_day: bool) -> datetime | None:
    """Return a moment in UTC; of a day alone its first or its last. None where it cannot be read."""
    found = _MOMENT.fullmatch(text.strip()) if len(text) <= LONGEST else None
    return _read(found, end_of_day=end_of_day) if found is not None else None


def _read(found: re.Match[str], *, end_of_day: bool) -> datetime | None:
    try:
        day = date.fromisoformat(found["day"])
        if found["time"] is None:
            return datetime.combine(day, time.max if end_of_day else time.min, UTC)
        part = f".{found['part'][:6].ljust(6, '0')}" if found["part"] else ""
        zone = _zone(found["zone"])
        return datetime.fromisoformat(f"{found['day']}T{found['time']}{part}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(text: str | None) -> str:
    """Return an offset that Python reads. A plus sign that was not escaped arrives as a blank, or not at all."""
    if text is None or text in {"Z", "z"}:
        return "+00:00"
    digits = text.lstrip("+- ").replace(":", "")
    return f"{'-' if text.startswith('-') else '+'}{digits[:2]}:{digits[2:]}"


def _flag(text: str) -> bool | None:
    plain = text.strip().lower()
    return True if plain in YES else False if plain in NO or not plain else None


def _a_day_before(moment: datetime) -> datetime:
    try:
        return moment - DAY
    except OverflowError:
        return moment
