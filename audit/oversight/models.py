"""What takes two people: proposals, and the legal holds and terms that came of them.

The database itself refuses that one person does both parts (SR-5.6).
"""

import uuid

from django.db import models
from django.db.models import F, Q


class Act(models.TextChoices):
    HOLD = "hold", "Place a legal hold"
    LIFT = "lift", "Lift a legal hold"
    TERM = "term", "Change how long records are kept"
    IDENTITY = "identity", "Show who stands behind a pseudonym"


class State(models.TextChoices):
    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"


class Proposal(models.Model):
    """One act that somebody asks for and somebody else decides. `about` is its content, checked by its kind."""

    ref = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    act = models.CharField(max_length=10, choices=Act.choices)
    about = models.JSONField()
    ticket = models.CharField(max_length=64)
    why = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.UUIDField()
    proposed_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="nobody_decides_their_own_proposal",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by=None, decided_at=None)
                | (~Q(state="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="proposal_is_decided_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["-proposed_at"], name="proposals_newest_first")]

    def __str__(self) -> str:
        return f"{self.act} {self.ref}, {self.state}"


class Hold(models.Model):
    """Records that are not deleted while it stands. It keeps evidence and lets nothing out: what is stopped stays so.

    No `subjects` means everybody, no `partner` every partner.
    """

    ref = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subjects = models.JSONField(default=list)  # pseudonyms, one for each connection
    partner = models.CharField(max_length=64, blank=True)
    placed = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="hold")
    placed_at = models.DateTimeField()
    lifted = models.OneToOneField(Proposal, on_delete=models.PROTECT, null=True, related_name="hold_lifted")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted=None, lifted_at=None) | Q(lifted__isnull=False, lifted_at__isnull=False),
                name="hold_is_lifted_by_a_proposal",
            ),
        ]

    def __str__(self) -> str:
        return f"hold {self.ref}"


class Term(models.Model):
    """How long one kind of record is kept, in days, from its approval on. The newest of a name is in force."""

    name = models.CharField(max_length=40)
    days = models.PositiveIntegerField()
    since = models.DateTimeField()
    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="term")

    class Meta:
        indexes = [models.Index(fields=["name", "-since"], name="terms_newest_first")]

    def __str__(self) -> str:
        return f"{self.name}: {self.days} days"
