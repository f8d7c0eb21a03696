"""`make bench`: what safety costs, as ratios of the same machine's plain work, so that they travel between machines.

Each bench is a pair: the work as Ringfence does it, and the least that could be done instead.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 7
Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Bench:
    """A sentence, the careful work and the plain work it is held against."""

    sentence: str
    careful: Work
    plain: Work
    times: int = 2_000


def seconds(work: Work, times: int) -> float:
    """Return the median over ROUNDS of the seconds that one call takes."""
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(times):
            work()
        taken.append((time.perf_counter() - began) / times)
    return statistics.median(taken)


def line(bench: Bench) -> str:
    careful, plain = seconds(bench.careful, bench.times), seconds(bench.plain, bench.times)
    ratio = careful / plain if plain else float("inf")
    return f"{ratio:8.1f} x   {bench.sentence} ({careful * 1e6:.1f} against {plain * 1e6:.1f} microseconds)"


def main() -> None:
    import os
    import warnings

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from bench import agreement, decision, growth, projection, server, tail
    from bench.benches import all_benches

    warnings.filterwarnings("ignore", "No directory at")  # pictures and styles, of which no bench asks
    for bench in all_benches():
        print(line(bench), flush=True)
    for measured in (decision, tail, agreement, growth, projection):
        for goal in measured.goals():
            print(goal.line(), flush=True)
    server.run()


if __name__ == "__main__":
    main()
