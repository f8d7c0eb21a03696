"""The demo world's members and what their rings measured: made up, the same on every machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.db import transaction

from consent.gate import door
from integrations.intake import services
from integrations.intake.files import batches
from records import generator
from records.admission import NewDocument
from records.members.models import Member, Membership, Role

PASSWORD = "demo-ringfence"  # noqa: S105 (printed by `make run`; the demo world is refused on a public host)
DAYS = 90
WORKOUT_MINUTES = 30
EVENING = time(18, 2)


@dataclass(frozen=True, slots=True)
class Account:
    """One account of the demo world. `measured`: its ring has 90 days to tell of."""

    email: str
    role: str = Role.MEMBER
    region: str = "US"
    timezone: str = "America/New_York"
    ring_generation: int = 4
    membership: str = Membership.ACTIVE
    measured: bool = False


ACCOUNTS = (
    Account("maya@demo.example", measured=True),
    Account(
        "noah@demo.example",
        region="FI",
        timezone="Europe/Helsinki",
        ring_generation=3,
        membership=Membership.LAPSED,
        measured=True,
    ),
    Account("lin@demo.example", timezone="America/Los_Angeles", measured=True),
    Account("strava@demo.example", Role.PARTNER_STAFF),
    Account("sahha@demo.example", Role.PARTNER_STAFF),
    Account("reviewer@demo.example", Role.PARTNER_REVIEWER),
    Account("reviewer2@demo.example", Role.PARTNER_REVIEWER),
    Account("auditor@demo.example", Role.COMPLIANCE),
    Account("auditor2@demo.example", Role.COMPLIANCE),
    Account("support@demo.example", Role.SUPPORT),
)
LOGS_A_CYCLE = {"maya"}


def load(*, now: datetime, accounts: Sequence[Account] = ACCOUNTS, days: int = DAYS) -> list[Member]:
    """Load the demo world and return its accounts. Twice changes nothing: what is there stays as it is."""
    members = []
    for account in accounts:
        member = _member(account)
        if account.measured and door.newest_day(member_id=member.id) is None:
            _measure(member, now=now, days=days)
        members.append(member)
    return members


def logged(member: Member, what: str, *, now: datetime) -> list[NewDocument]:
    """Return what the simulated ring logs: "workout", "workout_without_heart_rate", "night" or "day", of today.

    Raises KeyError for anything else.
    """
    local = now.astimezone(ZoneInfo(member.timezone))
    seed, cycle = _seed(member), _seed(member) in LOGS_A_CYCLE
    if what in {"night", "day"}:
        make = {"night": generator.night, "day": generator.day}[what]
        return make(of=local.date(), timezone=member.timezone, seed=seed, cycle=cycle)
    with_heart_rate = {"workout": True, "workout_without_heart_rate": False}[what]
    midnight = datetime.combine(local.date(), time.min, local.tzinfo)
    start = max(local - timedelta(minutes=WORKOUT_MINUTES), midnight)
    workout = generator.workout(
        start=start, minutes=WORKOUT_MINUTES, with_heart_rate=with_heart_rate, seed=f"{seed}-{local:%f}"
    )
    return [workout]


@transaction.atomic
def _member(account: Account) -> Member:
    found = Member.objects.filter(email=account.email).first()
    if found is not None:
        return found
    member = Member.objects.create_user(
        account.email,
        PASSWORD,
        role=account.role,
        region=account.region,
        timezone=account.timezone,
        ring_generation=account.ring_generation,
        membership=account.membership,
    )
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    return member


@transaction.atomic
def _measure(member: Member, *, now: datetime, days: int) -> None:
    """Ninety days up to yesterday where the member lives, with a run in its evening; today is the ring page's."""
    here = ZoneInfo(member.timezone)
    yesterday = now.astimezone(here).date() - timedelta(days=1)
    seed = _seed(member)
    run = generator.workout(
        start=datetime.combine(yesterday, EVENING, here), minutes=31, seed=f"{seed}-evening"
    )
    services.receive(member=member, documents=[run], at=now)
    measured = generator.days(
        seed, until=yesterday, count=days, timezone=member.timezone, cycle=seed in LOGS_A_CYCLE
    )
    for batch in batches(measured):
        services.receive(member=member, documents=batch, at=now)


def _seed(member: Member) -> str:
    return member.email.partition("@")[0]
