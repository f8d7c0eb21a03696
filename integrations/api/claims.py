"""What the API claims to have answered, to be held against the log: how many requests of each grant. Filled at startup.

A grant's answers are numbered without a gap (`limits.py`), and the entry of each tells its number. So a number that no
entry tells was answered without one; one that two tell, or that was never reached, was made up. Entries from before
answers were numbered tell none, and are passed over.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from audit.log.models import Entry
from audit.ports import Claim, Finding, Said
from consent.grants.selectors import subject_of
from integrations.api.limits import WINDOW
from integrations.api.models import Spent
from integrations.deliveries.outboxes import BATCH, Absent, batches, ref_of, standing_of
from records.members.keys import MemberErased

ANSWERED = "api.answered"
PAGE = 50  # entries of one member at one partner, looked through from the newest


class AnswerClaims:
    """The port: requests that were answered."""

    name = "answers"
    kinds = frozenset({ANSWERED})

    def between(self, since: datetime, until: datetime) -> Iterator[Claim]:
        """Yield, of each grant that was asked about since then, its newest answer. A lost one is named by the grant."""
        asked = Spent.objects.filter(grant__isnull=False, answers__gt=0)
        lately = asked.filter(span__gte=int(since.timestamp()) // WINDOW)
        rows = lately.values_list("grant_id", "answers", "grant__member_id", "grant__partner")
        for grant, answers, member_id, partner in rows.iterator(chunk_size=BATCH):
            try:
                number, event_id = _last(subject_of(member_id, partner), grant, answers)
            except MemberErased:
                continue  # while we were reading
            yield Claim(str(grant), event_id if number == answers else None, self.kinds)

    def judged(self, entries: Iterable[Said]) -> Iterator[tuple[UUID, Finding]]:
        """Hold entries against the numbers. A lost one is named by the entry that comes after it."""
        bench = _Bench()
        for batch in batches(entries):
            yield from bench.judged(batch)


class _Bench:
    """Judges entries in the order of their writing, and remembers the last number that each grant's told."""

    def __init__(self) -> None:
        self.absent = Absent()
        self.told: dict[UUID, int] = {}

    def judged(self, batch: Sequence[Said]) -> Iterator[tuple[UUID, Finding]]:
        grants = standing_of(batch)
        rows = Spent.objects.filter(grant__in=grants).values_list("grant_id", "answers")
        answers = {grant: number for grant, number in rows if grant is not None}
        for said in batch:
            ref = ref_of(said, "grant")
            if ref is None:
                continue  # its member was erased a moment before: nothing was read
            if ref not in grants:
                yield said.event_id, self.absent.finding(said, grants)
            elif finding := self._finding(said, ref, answers):
                yield said.event_id, finding

    def _finding(self, said: Said, grant: UUID, answers: Mapping[UUID, int]) -> Finding | None:
        number, most = _number(said.facts), answers.get(grant, 0)
        if grant not in self.told:
            self.told[grant] = _last(said.subject, grant, most, before=said.place)[0]
        before = self.told[grant]
        if number == 0:
            return Finding.ENTRY_WITHOUT_ACT if before else None
        if number > most:
            return Finding.ENTRY_WITHOUT_ACT
        if number <= before:
            return Finding.TWICE
        if number > before + 1:  # the one before may be of another day: the clock was set back
            before = _last(said.subject, grant, most, before=said.place)[0]
        self.told[grant] = number
        return Finding.ACT_WITHOUT_ENTRY if number > before + 1 else None


def _last(subject: str, grant: UUID, most: int, *, before: int | None = None) -> tuple[int, UUID | None]:
    """Return the last number up to `most` that entries of a grant tell, and which entry; 0 when none does.

    Looked through from the newest, or from the place `before`: true numbers only grow, and one that was made up and put
    after them hides none of its neighbours.
    """
    found = Entry.objects.filter(subject=subject, kind=ANSWERED).order_by("-id")
    while page := list((found if before is None else found.filter(id__lt=before))[:PAGE]):
        told = {_number(each.facts): each for each in page if each.facts.get("grant") == str(grant)}
        if number := max((number for number in told if number <= most), default=0):
            return number, told[number].event_id
        before = page[-1].id
    return 0, None


def _number(facts: Mapping[str, object]) -> int:
    number = facts.get("number")
    return number if isinstance(number, int) and number > 0 else 0
