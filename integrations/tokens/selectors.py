"""Reading a member's keys."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from consent.grants.models import Grant
from consent.manifests.ceilings import OWN_PROGRAM
from integrations.tokens.models import PersonalToken
from records.members.models import Member


def living(member: Member, *, at: datetime) -> QuerySet[PersonalToken]:
    """Return the keys that nothing has ended, newest first."""
    mine = PersonalToken.objects.filter(member=member, ended_at=None, ends_at__gt=at)
    return mine.filter(~stopped_since("member", "made_at")).order_by("-made_at", "id")


def stopped_since(member: str, made_at: str) -> Exists:
    """Return whether a yes to `own-program` ended after a key was made: stopping is one row, and ends all keys.

    The arguments are the paths of both in the statement that asks.
    """
    ended = Grant.objects.filter(
        member=OuterRef(member), partner=OWN_PROGRAM, ended_at__gte=OuterRef(made_at)
    )
    return Exists(ended)
