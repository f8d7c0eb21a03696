"""A check of the whole log that somebody asked for on a page, while the worker is at it."""

import uuid

from django.db import models


class Check(models.Model):
    """One check asked for. `done` of `size` entries are computed again; its verdict is kept by the proofs."""

    ref = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    actor = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    open = models.BooleanField(default=True)
    seen_at = models.DateTimeField(null=True)  # when whoever is at it last told how far it is
    ended_at = models.DateTimeField(null=True)
    done = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    trouble = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["open"], condition=models.Q(open=True), name="one_check_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"check {self.ref}, {self.done} of {self.size}"
