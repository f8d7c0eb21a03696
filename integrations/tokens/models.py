"""The keys that members make for programs of their own: of each only its SHA-256, nowhere the key (SR-2.16)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class PersonalToken(models.Model):
    """One key of a member. It opens what the member's one yes to `own-program` covers, and has no right of its own.

    It lives while nothing ended it: its day, the member's word, or a stop of `own-program` after it was made.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="personal_tokens"
    )
    note = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(note=""), name="a_key_says_what_it_is_for"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("made_at")), name="a_key_ends_after_it_is_made"),
        ]

    def __str__(self) -> str:
        return f"personal token {self.id}"
