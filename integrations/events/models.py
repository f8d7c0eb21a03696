"""Webhook subscriptions of partners' programs, and the outbox of their events. References only (SR-7.1)."""

import uuid

from django.db import models
from django.db.models import Q

from consent.grants.models import Grant
from integrations.deliveries.lifecycle import FINAL, STATES, State
from integrations.oauth.models import Application

SENDING = State.SENDING.value


class Subscription(models.Model):
    """An address that one application wants called about one kind of change of one data type, for all its members.

    Written only through subscribing.py. It ends by its owner's word, by its time, by a 410, or after days of failure;
    `failing_since` is when the address last began to fail.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="subscriptions")
    callback_url = models.TextField()
    event_type = models.CharField(max_length=6)
    data_type = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=24, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "event_type", "data_type"],
                condition=Q(ended_at=None),
                name="one_live_subscription_for_each_kind_of_event",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_why="") | (Q(ended_at__isnull=False) & ~Q(ended_why="")),
                name="subscription_says_why_it_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"subscription {self.id}"


class EventDelivery(models.Model):
    """One event on its way to one subscription: a change of a document of one grant. `number` is the order of events.

    `ref` is its name at the receiver, the same at every try. `flows` are those by which the change is seen. `replays`
    counts how often an operator began it anew. The rest is as in `deliveries.Delivery`.
    """

    number = models.BigAutoField(primary_key=True)
    ref = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="events")
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="events")
    grant_epoch = models.PositiveIntegerField()
    event_type = models.CharField(max_length=6)
    data_type = models.CharField(max_length=40)
    document_ref = models.UUIDField()
    kind = models.CharField(max_length=40)
    day = models.DateField()
    flows = models.JSONField()
    state = models.CharField(max_length=10, default=State.PENDING.value)
    attempt = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    replays = models.PositiveIntegerField(default=0)
    token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    send_until = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField()
    trouble = models.CharField(max_length=40, blank=True, default="")
    decision_event = models.UUIDField(null=True, blank=True)
    outcome_event = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "event deliveries"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="event_state_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=FINAL, ended_at__isnull=False)
                | (~Q(state__in=FINAL) & Q(ended_at=None)),
                name="event_has_an_end_exactly_when_its_state_is_final",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=SENDING, token__isnull=False, lease_until__isnull=False, send_until__isnull=False
                )
                | (~Q(state=SENDING) & Q(token=None, lease_until=None, send_until=None)),
                name="event_is_held_exactly_while_it_is_sending",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="events_due", condition=Q(state=State.PENDING.value)
            ),
            models.Index(fields=["lease_until"], name="events_held", condition=Q(state=SENDING)),
            models.Index(fields=["grant", "document_ref"], name="events_of_a_document"),
        ]

    def __str__(self) -> str:
        return f"event {self.ref} ({self.state})"
