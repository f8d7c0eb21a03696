"""Copies that members asked for. The file lies sealed under the member's own key and is handed out once."""

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q


class State(models.TextChoices):
    ASKED = "asked"  # waits for a worker
    READY = "ready"  # can be fetched, once, until `ends_at`
    FETCHED = "fetched"
    ENDED = "ended"  # nobody fetched it in time


class OwnCopy(models.Model):
    """One copy of everything about one member. The row stays for a while after its file, to count how many a day."""

    ref = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="copies")
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    ready_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "own copies"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=State.READY) | Q(ready_at__isnull=False, ends_at__isnull=False),
                name="a_copy_that_is_ready_has_an_end",
            ),
        ]
        indexes = [models.Index(fields=["member", "-asked_at"], name="copies_of_a_member")]

    def __str__(self) -> str:
        return f"copy {self.ref} ({self.state})"

    @property
    def path(self) -> Path:
        """Where the sealed file lies."""
        return Path(settings.VAR_DIR) / "copies" / f"{self.ref}.sealed"
