"""What may be known of a stored document without opening it: references, free to pass around and to queue."""

from dataclasses import dataclass, field
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
class Before:
    """The public part of a document as it was, sealed as it lay there: the gate's door alone can open it."""

    day: date
    sealed: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Saved:
    """What happened to one document that partners may see. `removed`: it is gone, or private from now on.

    Neither created, changed nor removed: it came again as it was, and nothing follows from it. `before` is what it was
    until now, so that what a partner could see can be held against what it sees.
    """

    ref: UUID
    kind: str
    day: date
    origin: str
    created: bool = False
    changed: bool = False
    removed: bool = False
    before: Before | None = field(default=None, repr=False, compare=False)
