"""G3: what a decision and finding its grant cost as members become many."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from bench.database import thrown_away
from bench.decision import NOON, a_snapshot
from bench.goals import Goal, best, side_by_side
from consent.gate.decide import decide
from consent.gate.policy import Policy
from consent.gate.shapes import Request, Snapshot
from consent.grants import selectors
from consent.grants.models import Grant
from consent.manifests.register import manifests
from consent.manifests.shapes import Direction
from records.members.models import Member

FEW, MANY = 1_000, 100_000
DRAW = random.Random(3)  # noqa: S311 (which member is asked about next)


def goals() -> Iterator[Goal]:
    yield _deciding(Policy.of(manifests()))
    with thrown_away():
        yield _finding()


def _deciding(policy: Policy) -> Goal:
    """Decide for members drawn at random from few and from many, each with a grant of their own."""
    ask = Request("strava", Direction.EXPORT, "workout", NOON)
    many = [a_snapshot("export:workout") for _ in range(MANY)]
    few = many[:FEW]
    chosen = {len(some): [some[DRAW.randrange(len(some))] for _ in range(5_000)] for some in (few, many)}

    def ask_about(some: list[Snapshot]) -> None:
        for snapshot in some:
            decide(ask, snapshot, policy)

    small, large = side_by_side(
        partial(ask_about, chosen[FEW]), partial(ask_about, chosen[MANY]), times=1, rounds=7
    )
    return Goal(
        "G3", f"a decision at 100,000 members ({large / 5_000 * 1e6:.1f} us, snapshot laid out each time) against "
        "1,000", large / small, 2, True,
    )  # fmt: skip


def _finding() -> Goal:
    """Find the live grant of members drawn at random, in a table of few and then, grown, of many."""
    members = _joined(FEW)
    small = _looking_up(members)
    members += _joined(MANY - FEW)
    large = _looking_up(members)
    return Goal(
        "G3", f"finding a member's live grant among 100,000 ({large * 1e6:.0f} us, notice and switches with it) "
        "against 1,000", large / small, 2, True,
    )  # fmt: skip


def _joined(count: int) -> list[Member]:
    """Add members, each with a live grant to Strava."""
    notice = selectors.current_notice("strava")
    so_far = Member.objects.count()
    emails = (f"{so_far + number}@example.org" for number in range(count))
    members = Member.objects.bulk_create([Member(email=email) for email in emails], batch_size=5_000)
    times = {"granted_at": NOON, "expires_at": NOON + timedelta(days=365), "history_from": date(2026, 11, 20)}
    grants = [Grant(member=each, partner="strava", notice=notice, **times) for each in members]
    Grant.objects.bulk_create(grants, batch_size=5_000)
    return members


def _looking_up(members: list[Member]) -> float:
    """Return the seconds of finding one grant, in the quietest round."""
    chosen = [members[DRAW.randrange(len(members))] for _ in range(200)]

    def look_up() -> None:
        for member in chosen:
            if selectors.live_grant(member, "strava") is None:
                raise RuntimeError("The bench measures the wrong thing.")

    return best(look_up, times=1, rounds=9) / len(chosen)
