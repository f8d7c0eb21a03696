"""A goal of the benches: a ratio measured side by side in one run, what was wanted of it, and whether it is met."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Goal:
    """`ratio` is at least `wanted`, or at most where `at_most` says so."""

    name: str
    sentence: str
    ratio: float
    wanted: float
    at_most: bool = False

    @property
    def met(self) -> bool:
        return self.ratio <= self.wanted if self.at_most else self.ratio >= self.wanted

    def line(self) -> str:
        bound = f"{'at most' if self.at_most else 'at least'} {self.wanted:g}"
        return (
            f"{self.ratio:8.2f} x   {self.name} {'met' if self.met else 'MISSED'} ({bound}): {self.sentence}"
        )


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


def each_call(works: Sequence[Work], *, rounds: int) -> list[float]:
    """Return the seconds of every single call, sorted; the clock's own cost is in each."""
    clock, taken = time.perf_counter_ns, []
    for _ in range(rounds):
        for work in works:
            began = clock()
            work()
            taken.append((clock() - began) / 1e9)
    return sorted(taken)


def at(taken: Sequence[float], share: float) -> float:
    """Return the value below which this share of sorted values lies."""
    return taken[min(int(len(taken) * share), len(taken) - 1)] if share != 0.5 else statistics.median(taken)
