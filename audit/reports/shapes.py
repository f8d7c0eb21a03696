"""What every report has in common: which law asks for it, when it was made, over which time and which log. Pure.

A report says what the log shows and no more: what may have arrived is told as that, and what the log does not hold is
told as not known.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from audit.ports import Catalogue, Recipient

OWN_PROGRAM = "own-program"  # the slug of the member's own program (CONTRACT): no third party
SIX_YEARS = 6
Cell = str | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The log's newest signed head when a report was made; `root` in base64, as it stands in the checkpoint."""

    size: int
    root: str
    at: datetime

    def told(self) -> dict[str, Any]:
        return {"size": self.size, "root": self.root, "at": written(self.at)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """`since <= at < until`, aware UTC. Without `since` it reaches back to the log's first entry."""

    until: datetime
    since: datetime | None = None

    def told(self) -> dict[str, Any]:
        return {"since": written(self.since) if self.since else None, "until": written(self.until)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A recipient as a report names it. `registered` says whether the register still knows it."""

    slug: str
    name: str
    legal_entity: str
    country: str
    contact: str
    deletion: str
    retention: str
    onward: tuple[str, ...]
    registered: bool

    def told(self) -> dict[str, Any]:
        return {
            "slug": self.slug,
            "name": self.name,
            "legal_entity": self.legal_entity,
            "country": self.country,
            "contact": self.contact,
            "deletion": self.deletion,
            "retention": self.retention,
            "onward_recipients": list(self.onward),
            "registered": self.registered,
            "own_program": self.slug == OWN_PROGRAM,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(ABC):
    """One report, ready to be shown, written as JSON (`told`) or as a table (`columns`, `rows`)."""

    name: ClassVar[str]
    title: ClassVar[str]
    law: ClassVar[tuple[str, ...]]
    columns: ClassVar[tuple[str, ...]]

    at: datetime
    head: Head | None
    window: Window | None

    @abstractmethod
    def notes(self) -> tuple[str, ...]:
        """Return what a reader must know to read the rows rightly, in sentences."""

    @abstractmethod
    def content(self) -> dict[str, Any]:
        """Return the report's own part of its JSON form."""

    @abstractmethod
    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Yield the report's lines, one cell for each of `columns`."""

    def told(self) -> dict[str, Any]:
        """Return the report as JSON tells it."""
        return {
            "report": self.name,
            "title": self.title,
            "law": list(self.law),
            "made_at": written(self.at),
            "window": self.window.told() if self.window else None,
            "checkpoint": self.head.told() if self.head else None,
            "notes": list(self.notes()),
            **self.content(),
        }


@dataclass(frozen=True, slots=True)
class Names:
    """The catalogue as one report reads it: asked once, so that all of its lines say the same."""

    recipients: dict[str, Recipient]
    labels: dict[str, str]

    @classmethod
    def of(cls, catalogue: Catalogue) -> "Names":
        return cls(dict(catalogue.recipients()), dict(catalogue.data_types()))

    def party(self, slug: str) -> Party:
        """Return a recipient; one that left the register by its slug alone."""
        known = self.recipients.get(slug)
        return Party(
            slug=slug,
            name=known.name if known else slug,
            legal_entity=known.legal_entity if known else "",
            country=known.country if known else "",
            contact=known.privacy_url if known else "",
            deletion=known.deletion_url if known else "",
            retention=known.retention if known else "",
            onward=known.onward_recipients if known else (),
            registered=known is not None,
        )

    def described(self, types: tuple[str, ...]) -> str:
        """Return "Readiness score, Workouts": a brief description, no value in it."""
        return ", ".join(self.labels.get(each, each) for each in types)

    def purposes(self, slug: str, types: tuple[str, ...]) -> str:
        """Return why a recipient may have these types, as the register says today; empty when it does not know."""
        known = self.recipients.get(slug)
        flows = {f"export:{each}" for each in types}
        found = [each for each in known.activities if each.flow in flows] if known else []
        return "; ".join(dict.fromkeys(f"{in_words(each.purpose)}: {each.why}" for each in found))


def in_words(key: str) -> str:
    """Return "Training log" for `training_log`."""
    return key.replace("_", " ").capitalize()


def written(at: datetime) -> str:
    """Return a time in UTC to the second, RFC 3339."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def years_before(at: datetime, years: int) -> datetime:
    """Return the same day that many years earlier; 28 February stands for a 29th that is not there."""
    try:
        return at.replace(year=at.year - years)
    except ValueError:
        return at.replace(year=at.year - years, day=28)
