"""What the page of a member's own data shows."""

from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from consent.gate import door
from consent.web import words
from integrations.privacy import copies
from integrations.privacy.models import State
from records.members.models import Member


@dataclass(frozen=True, slots=True)
class Problem:
    """A sentence, and the field it is about."""

    text: str
    target: str


@dataclass(frozen=True, slots=True)
class MyDataPage:
    """`ready` is the copy that can be fetched, `until` its end in words; `left` how many may still be asked for.

    `again`: the member has just proved who they are, and presses once more.
    """

    nothing_yet: bool
    making: bool
    ready: UUID | None
    until: str
    left: int
    problems: tuple[Problem, ...]
    again: bool


def page(member: Member, *, problem: str = "", again: bool = False) -> MyDataPage:
    """Return the page of one member, in their own time zone."""
    copy = copies.newest(member)
    ready = copy if copy is not None and copy.state == State.READY else None
    ends = timezone.localtime(ready.ends_at) if ready else None
    return MyDataPage(
        nothing_yet=door.newest_day(member_id=member.id) is None,
        making=copy is not None and ready is None,
        ready=ready.ref if ready else None,
        until=f"{words.clock(ends)}, {words.day(ends.date())}" if ends else "",
        left=copies.left_today(member),
        problems=(Problem(problem, "typed"),) if problem else (),
        again=again,
    )
