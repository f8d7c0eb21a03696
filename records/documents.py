"""What may be known of a stored document without opening it: references, free to pass around and to queue."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Reference:
    """Which document, and nothing of what is in it."""

    ref: UUID
    kind: str
    day: date
    origin: str


@dataclass(frozen=True, slots=True)
class Saved:
    """What happened to one document that partners may see. `removed`: it is gone, or private from now on.

    Neither created, changed nor removed: it came again as it was, and nothing follows from it.
    """

    ref: UUID
    kind: str
    day: date
    origin: str
    created: bool = False
    changed: bool = False
    removed: bool = False
