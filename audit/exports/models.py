"""Exports that were asked for on the pages: how far they are, and until when their files are there."""

from uuid import uuid4

from django.db import models


class State(models.TextChoices):
    ASKED = "asked", "waits for its turn"
    RUNNING = "running", "is being written"
    DONE = "done", "can be taken"
    FAILED = "failed", "was not finished"
    EXPIRED = "expired", "was deleted after its time"


class Export(models.Model):
    """One export. Its files lie in a folder of their own until `expires_at`; this row stays, as its history.

    Whoever makes it writes in a folder named after `claim`, and may change this row only while the claim is theirs.
    """

    ref = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    state = models.CharField(max_length=8, default=State.ASKED)
    format = models.CharField(max_length=8)
    filters = models.JSONField(default=dict)
    actor = models.CharField(max_length=64)  # whoever asked, by the log's pseudonym
    asked_by = models.UUIDField(null=True)  # the account
    asked_at = models.DateTimeField()
    claim = models.UUIDField(
        null=True
    )  # of the newest try; of the one whose files these are, once it is done
    tries = models.PositiveSmallIntegerField(default=0)  # begun since it was last asked for
    beat_at = models.DateTimeField(null=True)  # the last sign of life of whoever writes it
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    looked_through = models.BigIntegerField(default=0)  # entries, of `size`
    size = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    file = models.CharField(max_length=100, blank=True)
    event = models.UUIDField(null=True)  # the log's entry about it
    proved_at = models.DateTimeField(null=True)  # since when its manifest carries that entry's proof
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "asked_at"], name="exports_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state=State.DONE)
                | models.Q(rows__isnull=False, expires_at__isnull=False),
                name="export_that_is_done_says_its_rows_and_its_end",
            )
        ]

    def __str__(self) -> str:
        return f"export {self.ref} {self.state}"

    @property
    def percent(self) -> int:
        """How much of the log was looked through."""
        if self.state == State.DONE:
            return 100
        return min(99, 100 * self.looked_through // self.size) if self.size else 0
