"""The outbox: one row per document on its way to one partner. References only, never a member's values (SR-7.1)."""

import uuid

from django.db import models
from django.db.models import Q

from consent.grants.models import Grant
from integrations.deliveries.lifecycle import FINAL, STATES, State

SENDING = State.SENDING.value


class Delivery(models.Model):
    """One document's way to one partner under one flow of one grant.

    `grant_epoch` and `toggle_epoch` are those of the yes it was queued under; with either over it is cancelled.
    `attempt` counts claims, `failures` those that count against the schedule. `send_until` ends the attempt;
    `lease_until` ends the worker's hold. `progress` and `reference` are the partner's own numbers.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="deliveries")
    grant_epoch = models.PositiveIntegerField()
    flow = models.CharField(max_length=64)
    toggle_epoch = models.PositiveIntegerField()
    document_ref = models.UUIDField()
    kind = models.CharField(max_length=40)
    day = models.DateField()
    state = models.CharField(max_length=10, default=State.PENDING.value)
    attempt = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    send_until = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    progress = models.JSONField(default=dict)
    reference = models.CharField(max_length=128, blank=True)
    trouble = models.CharField(max_length=40, blank=True)
    decision_event = models.UUIDField(null=True, blank=True)
    outcome_event = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "flow", "document_ref"], name="one_delivery_per_grant_flow_and_document"
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="delivery_state_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=FINAL, ended_at__isnull=False)
                | (~Q(state__in=FINAL) & Q(ended_at=None)),
                name="delivery_has_an_end_exactly_when_its_state_is_final",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=SENDING, token__isnull=False, lease_until__isnull=False, send_until__isnull=False
                )
                | (~Q(state=SENDING) & Q(token=None, lease_until=None, send_until=None)),
                name="delivery_is_held_exactly_while_it_is_sending",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="deliveries_due", condition=Q(state=State.PENDING.value)
            ),
            models.Index(fields=["lease_until"], name="deliveries_held", condition=Q(state=SENDING)),
            models.Index(fields=["grant", "day", "flow"], name="deliveries_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"delivery {self.id} ({self.state})"
