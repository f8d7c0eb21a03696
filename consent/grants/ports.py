"""What consent asks of the floor above, after its own commit. `integrations` fills the port at startup.

Nothing here has to succeed for a stop to be in force: the row is the stop. These answers only let a page say how far
the rest has come.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Standing(StrEnum):
    """How far the partner's side of a grant is."""

    NOT_NEEDED = "not_needed"  # the partner needs no link of ours
    WAITING = "waiting"  # the member has not come back from the partner yet
    REFUSED = "refused"  # the partner, or the member there, said no
    PARTIAL = "partial"  # linked, but the partner agreed to less than the switches say
    CONNECTED = "connected"
    BROKEN = "broken"  # linked once; the partner no longer takes our credentials
    ENDING = "ending"  # stopped here; the partner has not answered our goodbye yet
    ENDED = "ended"  # stopped here, and the partner knows


@dataclass(frozen=True, slots=True)
class PartnerSide:
    """The partner's side of one grant: its standing, the flows it does not cover, and when it was told of the end."""

    standing: Standing
    uncovered: frozenset[str] = frozenset()
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """Whether every send under way has ended, and how many are still open (then the page says "stopping")."""

    still_open: int

    @property
    def settled(self) -> bool:
        return self.still_open == 0


class Aftermath(Protocol):
    """The port. Implemented in `integrations.deliveries.aftermath`."""

    def continue_address(self, *, grant_ref: UUID, callback_base: str) -> str | None:
        """Return where the member goes on to after Allow (the partner's own page), or None when nothing is left."""

    def partner_side(self, *, grant_ref: UUID) -> PartnerSide:
        """Return how far the partner's side of a grant is."""

    def settle(self, *, grant_ref: UUID, flow: str | None = None) -> Settlement:
        """Cancel what waits for this grant (or one flow of it) and wait for sends under way, at most 10 s (SR-7.2)."""


_filled: list[Aftermath] = []


def fill(aftermath: Aftermath) -> None:
    _filled[:] = [aftermath]


def aftermath() -> Aftermath:
    if not _filled:
        raise RuntimeError("No aftermath is filled in. `integrations.deliveries` does it when Django starts.")
    return _filled[0]
