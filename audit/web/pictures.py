"""Charts as numbers for inline SVG: bars over the days, zero-based, drawn on the server. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDE, HIGH = 600, 64
AIR = 2  # above the highest bar
GAP = 0.3  # of a day's width


@dataclass(frozen=True, slots=True)
class Bar:
    """One day's bar in a view box of 600 by 64."""

    x: str
    y: str
    width: str
    height: str


def bars(counts: Sequence[int]) -> tuple[Bar, ...]:
    """Return a bar for each day that has a count; a day of 0 has none."""
    most, step = max(counts, default=0), WIDE / max(len(counts), 1)
    scale = (HIGH - AIR) / most if most else 0.0
    return tuple(
        Bar(
            f"{step * (day + GAP / 2):.1f}",
            f"{HIGH - count * scale:.1f}",
            f"{step * (1 - GAP):.1f}",
            f"{count * scale:.1f}",
        )
        for day, count in enumerate(counts)
        if count
    )
