"""How many requests fit into five minutes, counted by one atomic upsert that all processes share (SR-4.10).

A token has its limit and so has its application, whoever its members are. Requests over a token's limit do not count
against its application. The same statement holds the grant and tells the database's time, after the lock.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

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
    """The database's time of the request, and why it goes no further, if it does not."""

    at: datetime
    over: Problem | None


def count(bearer: Bearer, *, hold: bool = True) -> Counted:
    """Count one request. Call it inside the request's transaction; with `hold` its grant is held until the end of that.

    The member's own programs have no application, and so no limit but their tokens'.
    """
    grant_ref = bearer.grant_ref if hold else None
    limits = {f"token:{bearer.token_ref}": settings.API_REQUESTS_PER_TOKEN}
    if bearer.application_ref is not None:
        limits[f"application:{bearer.application_ref}"] = settings.API_REQUESTS_PER_APPLICATION
    rows = _counted(list(limits), settings.API_REQUESTS_PER_TOKEN, grant_ref)
    at = _moment(next(iter(rows.values()))[2])
    for subject, limit in limits.items():
        used, span, _ = rows.get(subject, (0, 0, ""))
        if used > limit:
            return Counted(at, _over(subject.partition(":")[0], limit, (span + 1) * WINDOW, at))
    return Counted(at, None)


def forget_past(*, at: datetime | None = None) -> int:
    """Forget the counts of access tokens whose window is over; return how many. Those of keys say their last use."""
    window = int((at or clock.now()).timestamp()) // WINDOW
    return Spent.objects.filter(subject__startswith="token:oauth:", span__lt=window).delete()[0]


def _counted(subjects: list[str], limit: int, grant_ref: UUID | None) -> dict[str, tuple[int, int, Any]]:
    """Return by subject how much is used of which window, and the time. A full token's application is left out."""
    sql, held = standing.holding(grant_ref) if grant_ref is not None else ("", [])
    vendor, table = connection.vendor, connection.ops.quote_name(Spent._meta.db_table)
    span, now = f"{_SECONDS[vendor]} / {WINDOW}", _NOW[vendor]
    hold = f"WITH held AS ({sql}) " if sql else ""
    when_held = "(SELECT count(*) FROM held) >= 0" if sql else "1 = 1"
    asked = " UNION ALL ".join(["SELECT %s AS subject, %s AS nth"] * len(subjects))
    statement = f"""{hold}INSERT INTO {table} AS spent (subject, span, used)
        SELECT asked.subject, {span}, 1 FROM ({asked}) AS asked
        WHERE {when_held} AND (asked.nth = 0 OR NOT EXISTS (
            SELECT 1 FROM {table} AS full_ WHERE full_.subject = %s AND full_.span >= {span} AND full_.used >= %s))
        ON CONFLICT (subject) DO UPDATE SET
            used = CASE WHEN excluded.span > spent.span THEN 1 ELSE spent.used + 1 END,
            span = CASE WHEN excluded.span > spent.span THEN excluded.span ELSE spent.span END
        RETURNING subject, used, span, {now}"""  # noqa: S608 (names and expressions of ours)
    named = [value for nth, subject in enumerate(subjects) for value in (subject, nth)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*held, *named, subjects[0], limit])
        return {subject: (used, span, at) for subject, used, span, at in cursor.fetchall()}


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
