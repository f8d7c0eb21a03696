"""The log's one table: inserted, never updated, never deleted. The database itself refuses (migration 0002)."""

import json
from functools import cached_property
from typing import Any

from django.db import models


class Entry(models.Model):
    """One event as it was written. `body` holds the canonical bytes; the other columns repeat it for searching."""

    event_id = models.UUIDField(unique=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=64)
    partner = models.CharField(max_length=64, blank=True)
    body = models.BinaryField()
    leaf = models.BinaryField(max_length=32)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "-id"], name="entries_of_a_subject"),
            models.Index(fields=["at"], name="entries_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"

    @cached_property
    def facts(self) -> dict[str, Any]:
        """The event's own facts, read from the bytes that were hashed."""
        return dict(json.loads(bytes(self.body))["facts"])

    @property
    def fingerprint(self) -> str:
        """The first bytes of the leaf hash, as a person compares them."""
        shown = bytes(self.leaf).hex()[:16]
        return " ".join(shown[i : i + 4] for i in range(0, 16, 4))
