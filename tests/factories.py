"""Members, yeses, links and documents for tests, made by the house's own acts: each says only what matters."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress

from consent.grants import clock, selectors, services
from consent.grants.models import Grant
from integrations.connectors import vault
from integrations.connectors.models import Connection, Status
from integrations.connectors.port import Credentials
from integrations.deliveries.models import Delivery
from integrations.intake import services as intake
from records import generator
from records.admission import NewDocument
from records.members.models import Member

PASSWORD = "correct-horse-battery"
WORKOUT_OUT = "export:workout"
READINESS_OUT = "export:readiness_score"
ALL_SCOPES = ("read", "activity:read", "activity:write")
_numbers = count(1)


def zone_at_noon() -> str:
    """A time zone where it is about noon now, so that "today" means today at whatever hour the tests run."""
    offset = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-offset:+d}"  # the signs of these names are turned round


def make_member(email: str = "", **fields: Any) -> Member:
    """An account with a verified address, of somebody for whom it is noon."""
    email = email or f"member{next(_numbers)}@tests.example"
    fields.setdefault("timezone", zone_at_noon())
    member = Member.objects.create_user(email, PASSWORD, **fields)
    EmailAddress.objects.create(user=member, email=email, verified=True, primary=True)
    return member


def make_grant(
    member: Member | None = None,
    *,
    partner: str = "strava",
    on: Iterable[str] = (WORKOUT_OUT,),
    at: datetime | None = None,
) -> Grant:
    """A member's yes, by the same act as on the page."""
    member = member or make_member()
    notice = selectors.current_notice(partner)
    receipt = services.allow(member=member, partner=partner, flows=frozenset(on), notice=notice, at=at)
    return Grant.objects.get(ref=receipt.grant_id)


def make_connection(
    grant: Grant,
    *,
    granted: Iterable[str] = ALL_SCOPES,
    tokens: dict[str, Any] | None = None,
    account: str = "10000001",
    status: str = Status.OPEN,
    expires_in: timedelta = timedelta(hours=6),
) -> Connection:
    """An open link with tokens: the simulator's when given, else some that nobody knows."""
    expires_at = datetime.now(UTC) + expires_in
    connection = Connection(
        grant_ref=grant.ref,
        grant_epoch=grant.epoch,
        member=grant.member,
        partner=grant.partner,
        status=status,
        granted=sorted(granted),
        expires_at=expires_at,
        created_at=clock.now(),
    )
    held = tokens or {"access_token": "an-access-token", "refresh_token": "a-refresh-token"}
    credentials = Credentials(held["access_token"], held["refresh_token"], expires_at)
    connection.credentials = vault.seal_credentials(connection.id, credentials)
    connection.account = vault.seal_account(connection.id, account)
    connection.account_digest = vault.account_digest(grant.partner, account)
    connection.save()
    return connection


def make_workout(
    *, start: datetime | None = None, with_heart_rate: bool = True, minutes: int = 2, **parts: Any
) -> NewDocument:
    """A workout of the ring that has just ended where it is noon, if nothing else is said."""
    start = start or datetime.now(ZoneInfo(zone_at_noon())) - timedelta(minutes=minutes)
    seed = parts.pop("seed", f"tests-{next(_numbers)}")
    return generator.workout(
        start=start, minutes=minutes, with_heart_rate=with_heart_rate, seed=seed, **parts
    )


def log_workout(member: Member, **parts: Any) -> list[Delivery]:
    """Let the member's ring log a workout; returns what was queued."""
    zone = ZoneInfo(member.timezone)
    start = parts.pop("start", None) or datetime.now(UTC) - timedelta(minutes=parts.get("minutes", 2))
    return intake.receive(member=member, documents=[make_workout(start=start.astimezone(zone), **parts)])


def log_night(member: Member) -> list[Delivery]:
    """Let the ring log last night with today's scores; returns what was queued."""
    today = datetime.now(ZoneInfo(member.timezone)).date()
    night = generator.night(of=today, timezone=member.timezone, seed=f"tests-{next(_numbers)}")
    return intake.receive(member=member, documents=night)
