"""How many requests fit into five minutes, counted by one atomic upsert that all processes share (SR-4.10).

A token has its limit and so has its application, whoever its members are. Requests over a token's limit do not count
against its application. The same statement holds the grant, numbers the answer and tells the database's time, after
the locks. They last as long as the request's transaction: the numbers of a grant's answers are in the order of their
commits and without a gap, whichever token was used, for what is not committed was not counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import F

from consent.gate import standing
from consent.grants import clock
from integrations.api.errors import Problem
from integrations.api.models import Spent
from integrations.oauth.bearer import Bearer

WINDOW = 300  # seconds
_NOW = {
    "postgresql": "clock_timestamp()",
    "sqlite": "strftime('%%Y-%%m-%%dT%%H:%%M:%%f+00:00', 'now')",
}
_SECONDS = {
    "postgresql": "CAST(floor(extract(epoch FROM clock_timestamp())) AS bigint)",
    "sqlite": "CAST(strftime('%%s', 'now') AS integer)",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """The database's time of the request, why it goes no further, if it does not, and the number of its answer.

    `number` is told by the answer's entry: 1 is the grant's first. 0: this request ends without one.
    """

    at: datetime
    over: Problem | None
    number: int = 0


def count(bearer: Bearer, *, hold: bool = True) -> Counted:
    """Count one request. Call it inside the request's transaction; with `hold` its grant is held until the end of that.

    Then it is an answer too: it ends in an entry that tells its number, or is taken back. The member's own programs
    have no application, and so no limit but their tokens'.
    """
    limits = {f"token:{bearer.token_ref}": settings.API_REQUESTS_PER_TOKEN}
    if bearer.application_ref is not None:
        limits[f"application:{bearer.application_ref}"] = settings.API_REQUESTS_PER_APPLICATION
    rows = _counted(list(limits), settings.API_REQUESTS_PER_TOKEN, bearer.grant_ref if hold else None)
    at = _moment(max(row.at for row in rows.values()))
    for subject, limit in limits.items():
        row = rows.get(subject)
        if row is not None and row.used > limit:
            over = _over(subject.partition(":")[0], limit, (row.span + 1) * WINDOW, at)
            return take_back(bearer, Counted(at, over, _number(rows)))
    return Counted(at, None, _number(rows))


def forget_past(*, at: datetime | None = None) -> int:
    """Forget the counts of access tokens whose window is over; return how many. Those of keys say their last use."""
    window = int((at or clock.now()).timestamp()) // WINDOW
    return Spent.objects.filter(subject__startswith="token:oauth:", span__lt=window).delete()[0]


def take_back(bearer: Bearer, counted: Counted) -> Counted:
    """Let a request be no answer of its grant's: nothing was read, and it ends without an entry. In its transaction."""
    if counted.number:
        Spent.objects.filter(subject=_of_grant(bearer.grant_ref)).update(answers=F("answers") - 1)
    return Counted(counted.at, counted.over)


class _Row(NamedTuple):
    """What the upsert says of one subject: used of which window, answers ever, and the time."""

    used: int
    span: int
    answers: int
    at: Any


def _counted(subjects: list[str], limit: int, grant_ref: UUID | None) -> dict[str, _Row]:
    """Return what is counted, by subject. Of a full token nothing else is, and a grant that is gone has no answers.

    Locks are taken in one order: the grant for sharing, the token's row, its application's, the grant's own.
    """
    vendor, table = connection.vendor, connection.ops.quote_name(Spent._meta.db_table)
    span, now = f"{_SECONDS[vendor]} / {WINDOW}", _NOW[vendor]
    hold, ref, when_held, held = "", "NULL", "1 = 1", list[Any]()
    places = [(subject, nth, 0) for nth, subject in enumerate(subjects)]
    if grant_ref is not None:
        sql, held = standing.holding(grant_ref)
        hold, ref = f"WITH held AS ({sql}) ", "CASE WHEN asked.answers = 1 THEN (SELECT ref FROM held) END"
        when_held = "(SELECT count(*) FROM held) >= asked.answers"
        places.append((_of_grant(grant_ref), len(places), 1))
    asked = " UNION ALL ".join(["SELECT %s AS subject, %s AS nth, %s AS answers"] * len(places))
    statement = f"""{hold}INSERT INTO {table} AS spent (subject, span, used, answers, grant_id)
        SELECT asked.subject, {span}, 1, asked.answers, {ref} FROM ({asked}) AS asked
        WHERE {when_held} AND (asked.nth = 0 OR NOT EXISTS (
            SELECT 1 FROM {table} AS full_ WHERE full_.subject = %s AND full_.span >= {span} AND full_.used >= %s))
        ON CONFLICT (subject) DO UPDATE SET
            used = CASE WHEN excluded.span > spent.span THEN 1 ELSE spent.used + 1 END,
            span = CASE WHEN excluded.span > spent.span THEN excluded.span ELSE spent.span END,
            answers = spent.answers + excluded.answers
        RETURNING subject, used, span, answers, {now}"""  # noqa: S608 (names and expressions of ours)
    named = [value for place in places for value in place]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*held, *named, subjects[0], limit])
        return {subject: _Row(*rest) for subject, *rest in cursor.fetchall()}


def _number(rows: Mapping[str, _Row]) -> int:
    return max(row.answers for row in rows.values())  # the grant's; no other row has any


def _of_grant(ref: UUID) -> str:
    return f"grant:{ref}"


def _over(tier: str, limit: int, reset: int, at: datetime) -> Problem:
    """Return the 429 with its five headers; some clients crash without `Retry-After` in whole seconds."""
    wait = max(1, reset - int(at.timestamp()))
    headers = {
        "Retry-After": str(wait),
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Window": str(WINDOW),
        "X-RateLimit-Reset": str(reset),
        "X-RateLimit-Tier": tier,
    }
    return Problem(429, f"Too many requests. Try again in {wait} seconds.", headers)


def _moment(told: datetime | str) -> datetime:
    moment = datetime.fromisoformat(told) if isinstance(told, str) else told
    return moment.astimezone(UTC)
