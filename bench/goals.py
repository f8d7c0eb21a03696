"""A goal of the benches: a ratio measured side by side in one run, what was wanted of it, and whether it is met."""

import time
from collections.abc import Callable
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Goal:
    """`ratio` is at least `wanted`, or at most where `at_most` says so; a count has no `unit`."""

    name: str
    sentence: str
    ratio: float
    wanted: float
    at_most: bool = False
    unit: str = "x"

    @property
    def met(self) -> bool:
        return self.ratio <= self.wanted if self.at_most else self.ratio >= self.wanted

    def line(self) -> str:
        bound = f"{'at most' if self.at_most else 'at least'} {self.wanted:g}"
        figure = f"{self.ratio:8.2f} {self.unit}" if self.unit else f"{self.ratio:8.0f}  "
        return f"{figure}   {self.name} {'met' if self.met else 'MISSED'} ({bound}): {self.sentence}"


def best(work: Work, *, times: int, rounds: int = 7) -> float:
    """Return the seconds of one call in the quietest round: what a busy machine adds is no cost of the work."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        for _ in range(times):
            work()
        taken.append((time.perf_counter() - began) / times)
    return min(taken)


def side_by_side(one: Work, other: Work, *, times: int, rounds: int = 9) -> tuple[float, float]:
    """Return the seconds of one call of each, taken in turns, so that a busy moment falls on both."""
    pairs = [(best(one, times=times, rounds=1), best(other, times=times, rounds=1)) for _ in range(rounds)]
    return min(first for first, _ in pairs), min(second for _, second in pairs)


def in_turns(one: Work, other: Work, *, turns: int) -> tuple[list[float], list[float]]:
    """Return the seconds of single calls of each, taken in turns and sorted: for work that waits for the disk.

    How long a disk takes is a part of such work, and its luckiest moment says little: compare the middle ones.
    """
    pairs = [(best(one, times=1, rounds=1), best(other, times=1, rounds=1)) for _ in range(turns)]
    ours, theirs = zip(*pairs, strict=True)
    return sorted(ours), sorted(theirs)
