"""An event: what happened, complete in itself. The log knows nothing of what it records. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One act. `subject` is a pseudonym for one connection; `facts` are references and reasons, never a health value.

    `at` is aware UTC, taken from the database after the lock of the act.
    """

    kind: str
    actor: str
    subject: str
    at: datetime
    partner: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    event_id: UUID = field(default_factory=uuid4)

    def entry(self) -> dict[str, Any]:
        """Return the entry whose canonical bytes are stored. Its index is assigned later and is no part of it."""
        return {
            "v": SCHEMA,
            "id": str(self.event_id),
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "kind": self.kind,
            "actor": self.actor,
            "subject": self.subject,
            "partner": self.partner,
            "facts": dict(self.facts),
        }
