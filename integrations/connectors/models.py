"""Links to partners: one member's connection and credentials, and our one subscription to a partner's webhooks.

A connection is not a consent: it says that the partner has let us in. What may move is in the grant.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class Status(models.TextChoices):
    """How far the link is. Only `open` and `broken` and `ending` hold credentials."""

    WAITING = "waiting"  # the member has not come back from the partner yet
    OPEN = "open"
    REFUSED = "refused"  # the partner, or the member there, said no
    BROKEN = "broken"  # the partner no longer takes our credentials
    ENDING = "ending"  # stopped here; the partner has not answered our goodbye yet
    ENDED = "ended"


class Connection(models.Model):
    """The partner's side of one grant. Credentials and the partner's account id are sealed for this row (SR-6.1).

    `grant_ref` and `grant_epoch` name the yes it belongs to: with that epoch over, the credentials serve for ending
    only. `account_digest` is keyed, and finds the connection that a webhook is about. `state_digest` is SHA-256 of
    the OAuth state that the member carries to the partner and back, once, within ten minutes (RFC 6749, 10.12).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    grant_ref = models.UUIDField(unique=True)
    grant_epoch = models.PositiveIntegerField()
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="connections"
    )
    partner = models.SlugField(max_length=64)
    status = models.CharField(max_length=10, default=Status.WAITING)
    account = models.TextField(blank=True)
    account_digest = models.CharField(max_length=32, blank=True)
    credentials = models.TextField(blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="when the access token does")
    granted = models.JSONField(default=list, help_text="the scopes that the partner really granted")
    refresh_lease_until = models.DateTimeField(null=True, blank=True)
    state_digest = models.CharField(max_length=64, blank=True)
    state_expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True, blank=True, help_text="when what came in was deleted")
    told_at = models.DateTimeField(null=True, blank=True, help_text="when the partner knew of the end")
    ended_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0, help_text="of telling the partner")
    next_attempt_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="connection_status_is_known"),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.WAITING, Status.REFUSED, Status.ENDED]) | Q(credentials=""),
                name="connection_holds_no_credentials_before_it_opens_or_after_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.ENDED, ended_at__isnull=False)
                | (~Q(status=Status.ENDED) & Q(ended_at=None)),
                name="connection_has_an_end_exactly_when_it_has_ended",
            ),
            models.UniqueConstraint(
                fields=["state_digest"], condition=~Q(state_digest=""), name="one_connection_per_oauth_state"
            ),
        ]
        indexes = [
            models.Index(
                fields=["partner", "account_digest"],
                name="connections_of_an_account",
                condition=~Q(account_digest=""),
            ),
            models.Index(
                fields=["next_attempt_at"], name="connections_to_tell", condition=Q(status=Status.ENDING)
            ),
        ]

    def __str__(self) -> str:
        return f"connection {self.id} to {self.partner} ({self.status})"


class PartnerSubscription(models.Model):
    """Our one subscription to a partner's webhooks. The verify token answers its handshake; sealed for this row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.SlugField(max_length=64, unique=True)
    subscription = models.CharField(max_length=64, blank=True, help_text="the partner's own id for it")
    callback = models.URLField(max_length=255)
    verify_token = models.TextField()
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"subscription to {self.partner}"
