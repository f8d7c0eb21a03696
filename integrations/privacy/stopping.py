"""Ending all that an account shares, and waiting until nothing of it is under way any more (SR-7.2)."""

from collections.abc import Callable, Iterable
from uuid import UUID

from consent.grants.errors import GrantAlreadyEnded
from consent.grants.lifecycle import Status
from consent.grants.models import Grant
from consent.grants.ports import aftermath
from records.members.models import Member


def end_all(member: Member, end: Callable[[UUID], object]) -> list[UUID]:
    """End every live grant of an account by `end`; return which it ended."""
    live = Grant.objects.filter(member=member, status=Status.ACTIVE).values_list("ref", flat=True)
    ended = []
    for ref in list(live):
        try:
            end(ref)
        except GrantAlreadyEnded:
            continue  # the clock or the partner was faster
        ended.append(ref)
    return ended


def settle(ended: Iterable[UUID]) -> None:
    """Wait for what is under way: what reaches a partner yet has its entries. After the commit that ended it."""
    for ref in ended:
        aftermath().settle(grant_ref=ref)
