"""The log's tables. Entries are inserted, never updated, never deleted: the database itself refuses (migration 0002).

On PostgreSQL entries lie in one partition a month (migration 0003).
"""

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
    outcome = models.CharField(max_length=8, blank=True, default="")
    reason = models.CharField(max_length=40, blank=True, default="")
    types = models.TextField(blank=True, default="")
    body = models.BinaryField()
    leaf = models.BinaryField(max_length=32)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "-id"], name="entries_of_a_subject"),
            models.Index(fields=["at"], name="entries_by_time"),
            models.Index(fields=["partner", "-id"], name="entries_of_a_partner"),
            models.Index(fields=["kind", "-id"], name="entries_of_a_kind"),
            models.Index(fields=["outcome", "-id"], name="entries_of_an_outcome"),
            models.Index(fields=["reason", "-id"], name="entries_of_a_reason"),
            models.Index(fields=["leaf"], name="entries_by_fingerprint"),
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


class Waiting(models.Model):
    """An entry that has no index yet. A trigger puts it here with the entry; the sequencer takes it away.

    `at` repeats the entry's time, so that its month is known; none where whoever put it here did not say.
    """

    entry = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"entry {self.entry} waits for its index"


class Tally(models.Model):
    """How many entries of one kind a day had, by partner and reason: what charts and counts are drawn from."""

    day = models.DateField()
    partner = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=40)
    outcome = models.CharField(max_length=8, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    count = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "partner", "kind", "outcome", "reason"], name="one_tally_a_day_and_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.kind} on {self.day}"
