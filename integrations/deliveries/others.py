"""Whatever else sends on the strength of a grant: a stop cancels what waits there too, and waits for what is under way.

The rooms above fill this when Django starts.
"""

from typing import Protocol
from uuid import UUID


class Sends(Protocol):
    """One more kind of send."""

    def cancel_waiting(self, grant_ref: UUID) -> int:
        """Cancel what waits under a grant that is over; return how many."""

    def under_way(self, grant_ref: UUID, flow: str | None) -> int:
        """Return how many sends may still reach the partner (of one flow, or all)."""


_filled: list[Sends] = []


def fill(sends: Sends) -> None:
    _filled.append(sends)


def cancel_waiting(grant_ref: UUID) -> int:
    return sum(each.cancel_waiting(grant_ref) for each in _filled)


def under_way(grant_ref: UUID, flow: str | None) -> int:
    return sum(each.under_way(grant_ref, flow) for each in _filled)
