"""An event: what happened, complete in itself. The log knows nothing of what it records. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

SCHEMA = 1


class Outcome(StrEnum):
    """Whether something moved. What moved nothing and held nothing back has no outcome."""

    OUT = "out"  # a disclosure: it reached the recipient, or may have
    IN = "in"  # something of a partner's was taken in
    BLOCKED = "blocked"  # asked for, and refused
    NONE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One act. `subject` is a pseudonym for one connection; `facts` are references and reasons, never a health value.

    `at` is aware UTC, taken from the database after the lock of the act. `types` are the data types it is about.
    """

    kind: str
    actor: str
    subject: str
    at: datetime
    partner: str = ""
    types: tuple[str, ...] = ()
    outcome: Outcome = Outcome.NONE
    facts: Mapping[str, Any] = field(default_factory=dict)
    event_id: UUID = field(default_factory=uuid4)

    def entry(self) -> dict[str, Any]:
        """Return the entry whose canonical bytes are stored. Its index is assigned later and is no part of it."""
        return {
            "v": SCHEMA,
            "id": str(self.event_id),
            "at": written(self.at),
            "kind": self.kind,
            "actor": self.actor,
            "subject": self.subject,
            "partner": self.partner,
            "types": sorted(self.types),
            "outcome": str(self.outcome),
            "facts": dict(self.facts),
        }


def written(at: datetime) -> str:
    """Return a time as an entry tells it: UTC, in microseconds, with a Z."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def columns(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the log's searchable columns say of an entry. They repeat the entry and add nothing to it.

    `types` is the sorted list with a blank around each, so that one of them is found by its name between blanks.
    """
    return {
        "event_id": UUID(entry["id"]),
        "at": datetime.fromisoformat(entry["at"]),
        "kind": entry["kind"],
        "subject": entry["subject"],
        "partner": entry["partner"],
        "outcome": entry.get("outcome", ""),
        "reason": str(entry["facts"].get("reason", "")),
        "types": f" {' '.join(entry['types'])} " if entry.get("types") else "",
    }
