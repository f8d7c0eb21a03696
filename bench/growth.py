"""G3: what a decision costs as members become many."""

import random
from collections.abc import Iterator
from functools import partial

from bench.decision import NOON, a_snapshot
from bench.goals import Goal, side_by_side
from consent.gate.decide import decide
from consent.gate.policy import Policy
from consent.gate.shapes import Request, Snapshot
from consent.manifests.register import manifests
from consent.manifests.shapes import Direction


def goals() -> Iterator[Goal]:
    """Decide for members drawn at random from few and from many, each with a grant of their own."""
    policy = Policy.of(manifests())
    ask = Request("strava", Direction.EXPORT, "workout", NOON)
    draw = random.Random(3)  # noqa: S311 (which member is asked about next)
    many = [a_snapshot("export:workout") for _ in range(100_000)]
    few = many[:1_000]
    chosen = {len(some): [some[draw.randrange(len(some))] for _ in range(5_000)] for some in (few, many)}

    def ask_about(some: list[Snapshot]) -> None:
        for snapshot in some:
            decide(ask, snapshot, policy)

    small, large = side_by_side(
        partial(ask_about, chosen[1_000]), partial(ask_about, chosen[100_000]), times=1, rounds=7
    )
    yield Goal(
        "G3", f"a decision at 100,000 members ({large / 5_000 * 1e6:.1f} us, snapshot laid out each time) against "
        "1,000", large / small, 2, True,
    )  # fmt: skip
