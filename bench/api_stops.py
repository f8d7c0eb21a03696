"""G8: a stop is in force for the first decision after its COMMIT, and costs about as much as one row."""

from collections.abc import Callable, Iterator
from functools import partial
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bench import crowd
from bench.goals import Goal, in_turns, side_by_side
from bench.tail import at
from consent.grants import partners, selectors, services
from consent.grants.partners import manifest_today
from integrations.api.models import Spent
from records.members.models import Member

TRIES = 40
TURNS, BEFORE = 100, 10  # withdrawals that are timed, and some before them
PARTNER, SMALL = "sahha", "legacy-client"
FEW, MANY = 1_000, 1_000_000  # rows


def goals(ask: Callable[[], bytes]) -> Iterator[Goal]:
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
    """Withdraw grants with every switch on, each with its signed receipt and its entry, beside commits of one row."""
    grants = iter([_allowed() for _ in range(TURNS + BEFORE + 1)])
    stop: Callable[[], object] = lambda: services.withdraw(grant_ref=next(grants))  # noqa: E731
    in_turns(stop, _one_row, turns=BEFORE)
    with CaptureQueriesContext(connection) as said:
        stop()
    statements = sum(each["sql"] not in {"BEGIN", "COMMIT"} for each in said)
    ours, row = in_turns(stop, _one_row, turns=TURNS)
    middle, plain = at(ours, 0.5), at(row, 0.5)
    return Goal(
        "G8", f"a member's withdrawal with receipt and entry ({statements} statements, {middle * 1e3:.2f} ms) against "
        f"a commit of one row ({plain * 1e3:.2f} ms), in the middle one of {TURNS} turns (the quietest of each: "
        f"{ours[0] * 1e3:.2f} against {row[0] * 1e3:.2f} ms, {ours[0] / row[0]:.2f} x)", middle / plain, 3, True,
    )  # fmt: skip


def _allowed() -> UUID:
    """Return a new member's grant, with every switch of the partner on."""
    manifest = manifest_today(PARTNER)
    if manifest is None:
        raise RuntimeError("The bench measures the wrong thing: its partner is not there.")
    member = Member.objects.create_user(f"{uuid4()}@bench.example", timezone="UTC")
    flows, notice = frozenset(flow.key for flow in manifest.flows), selectors.current_notice(PARTNER)
    return services.allow(member=member, partner=PARTNER, flows=flows, notice=notice).grant_id


def _one_row() -> None:
    with transaction.atomic():
        Spent.objects.create(subject=str(uuid4()), span=0, used=1)


def _suspending() -> Goal:
    """Suspend, in turns, a partner with few rows and one with very many, in the same tables."""
    crowd.gather(SMALL, FEW, nth=1)
    crowd.gather(PARTNER, MANY, nth=2)
    for partner in (SMALL, PARTNER):
        _suspended(partner)
    small, large = side_by_side(
        partial(_suspended, SMALL), partial(_suspended, PARTNER), times=1, rounds=TURNS
    )
    return Goal(
        "G8", f"suspending a partner with {MANY:,} rows of grants, tokens and deliveries and taking it back "
        f"({large * 1e3:.2f} ms) against one with {FEW:,} ({small * 1e3:.2f} ms)", large / small, 1.2, True,
    )  # fmt: skip


def _suspended(partner: str) -> None:
    partners.suspend(partner, by="bench")
    partners.reinstate(partner, by="bench")
