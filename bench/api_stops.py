"""G8: a stop is in force for the first decision after its COMMIT, and costs about as much as one row."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from django.db import transaction

from bench.goals import Goal, side_by_side
from consent.grants import partners, selectors, services
from consent.grants.models import Grant
from integrations.api.models import Spent
from records.members import keys
from records.members.models import Member

TRIES, EACH = 40, 3
FEW, MANY = 1_000, 100_000
PARTNER = "sahha"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def goals(member: Member, ask: Callable[[], bytes]) -> Iterator[Goal]:
    """Yield what stopping costs, and whether the next request was refused. `ask` reads as the partner does."""
    yield _in_force(ask)
    yield _withdrawing()
    yield _suspending()


def _in_force(ask: Callable[[], bytes]) -> Goal:
    """Suspend the partner and take it back, again and again: how often the very next request still got something."""
    leaked = 0
    for _ in range(TRIES):
        partners.suspend(PARTNER, by="bench")
        leaked += _answers(ask)
        partners.reinstate(PARTNER, by="bench")
        if not _answers(ask):
            raise RuntimeError("The bench measures the wrong thing: a partner that goes on gets nothing.")
    return Goal("G8", f"requests answered after the COMMIT of a stop, of {TRIES}", leaked, 0, True, "")


def _answers(ask: Callable[[], bytes]) -> bool:
    try:
        ask()
    except RuntimeError:
        return False
    return True


def _withdrawing() -> Goal:
    """Withdraw grants, each with its signed receipt and its entry, beside commits of one row, in turns."""
    grants = iter(_grants(TRIES * EACH))
    for grant in Grant.objects.filter(partner=PARTNER, status="active"):
        keys.key_of(grant.member_id)  # made at a member's first act, long before they stop
    stop, row = side_by_side(
        lambda: services.withdraw(grant_ref=next(grants).ref), _one_row, times=EACH, rounds=TRIES
    )
    return Goal(
        "G8", f"a member's withdrawal with receipt and entry ({stop * 1e3:.2f} ms) against a commit of one row "
        f"({row * 1e3:.2f} ms)", stop / row, 3, True,
    )  # fmt: skip


def _suspending() -> Goal:
    """Suspend a partner with few grants, and with very many."""
    _grants(FEW)
    small = _suspended()
    _grants(MANY - FEW)
    large = _suspended()
    return Goal(
        "G8", f"suspending a partner with {MANY:,} grants ({large * 1e3:.2f} ms) against {FEW:,} "
        f"({small * 1e3:.2f} ms)", large / small, 1.2, True,
    )  # fmt: skip


def _suspended() -> float:
    taken = []
    for _ in range(TRIES):
        taken.append(_seconds(lambda: partners.suspend(PARTNER, by="bench")))
        partners.reinstate(PARTNER, by="bench")
    return min(taken)


def _one_row() -> None:
    with transaction.atomic():
        Spent.objects.create(subject=str(uuid4()), span=0, used=1)


def _grants(count: int) -> list[Grant]:
    """Add members with a live grant each."""
    notice = selectors.current_notice(PARTNER)
    members = Member.objects.bulk_create(
        [Member(email=f"{uuid4()}@bench.example") for _ in range(count)], batch_size=5_000
    )
    times = {"granted_at": NOON, "expires_at": NOON + timedelta(days=365), "history_from": date(2026, 11, 20)}
    grants = [Grant(member=each, partner=PARTNER, notice=notice, **times) for each in members]
    return Grant.objects.bulk_create(grants, batch_size=5_000)


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
