"""What partners told us: one row per message, worked off by the worker. References only."""

import uuid

from django.db import models
from django.db.models import Q

from integrations.intake.lifecycle import State


class InboundNotice(models.Model):
    """One message of a partner's webhook: a hint to go and fetch. Told again, it is the same row (SR-7.4).

    `account_digest` is keyed; `reference` is the partner's own id of what it is about.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.SlugField(max_length=64)
    message_id = models.CharField(max_length=200)
    verb = models.CharField(max_length=16)
    account_digest = models.CharField(max_length=32)
    reference = models.CharField(max_length=128, blank=True)
    state = models.CharField(max_length=10, default=State.PENDING.value)
    attempts = models.PositiveIntegerField(default=0)
    token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField()
    trouble = models.CharField(max_length=40, blank=True)
    received_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "message_id"], name="one_row_per_message_of_a_partner"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="inbound_notice_state_is_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="inbound_notices_due",
                condition=Q(state__in=[State.PENDING.value, State.WORKING.value]),
            ),
        ]

    def __str__(self) -> str:
        return f"notice {self.id} of {self.partner} ({self.state})"
