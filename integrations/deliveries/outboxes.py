"""An outbox against the log, one to one: what each row says was decided and became of it, and what entries say.

Every table that is shaped as the deliveries' is held so. What an erasure or the end of a term took away is told apart
from what is missing: the erasure has an entry for each grant, the term is the one in force.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Model, Q

from audit.log.models import Entry
from audit.oversight import retention
from audit.ports import Claim, Finding, Said
from consent.grants import clock
from consent.grants.models import Grant
from integrations.deliveries.lifecycle import State

BATCH = 500
GRANT_ERASED = "grant.erased"
SENT = {State.SENDING.value, State.DELIVERED.value, State.DEAD.value}  # the last answer of the gate was a yes


@dataclass(frozen=True, slots=True)
class Outbox:
    """One table of sends, and how entries tell of it.

    `key` is the column and `fact` the fact that name a row; `told` are facts that columns of the row repeat. `ends` has
    the kind of entry for each way of ending that has one; where `refused` is none of them, the gate's no is the end.
    `tries` tell of attempts that did not end it, `again` of an operator's beginning it anew (`replays` counts these).
    """

    model: type[Model]
    key: str
    fact: str
    told: Mapping[str, str]
    permitted: str
    refused: str
    ends: Mapping[str, str]
    tries: frozenset[str]
    again: str = ""

    @property
    def decisions(self) -> frozenset[str]:
        return frozenset({self.permitted, self.refused})


class OutboxClaims:
    """The port: an outbox's decisions and endings. `name` is its term's too."""

    def __init__(self, name: str, outbox: Outbox) -> None:
        self.name, self.outbox = name, outbox
        self.kinds = outbox.decisions | {*outbox.ends.values(), *outbox.tries, outbox.again} - {""}

    def between(self, since: datetime, until: datetime) -> Iterator[Claim]:
        """Yield what every row that was open in this time says of its last decision and of its end."""
        open_then = Q(ended_at=None) | Q(ended_at__gte=since)
        found = self.outbox.model._default_manager.filter(open_then, created_at__lt=until)
        columns = (self.outbox.key, "state", "attempt", "decision_event", "outcome_event", "ended_at")
        told = found.values_list(*columns)
        for ref, state, attempt, decision, outcome, ended_at in told.iterator(chunk_size=BATCH):
            if decision is not None or state in {State.SENDING, State.DELIVERED, State.REFUSED}:
                yield Claim(str(ref), decision, self._answers(state, attempt))
            if ended_at is not None and ended_at < until and state in self.outbox.ends:
                yield Claim(str(ref), outcome, frozenset({self.outbox.ends[state]}))

    def judged(self, entries: Iterable[Said]) -> Iterator[tuple[UUID, Finding]]:
        """Hold entries against the outbox. An answer of the gate that names no row is not the outbox's."""
        bench = _Bench(self.outbox, term=self.name)
        for batch in batches(entries):
            yield from bench.judged(batch)

    def _answers(self, state: str, attempt: int) -> frozenset[str]:
        if state == State.REFUSED:
            return frozenset({self.outbox.refused})
        return frozenset({self.outbox.permitted}) if state in SENT and attempt else self.outbox.decisions


class Absent:
    """Why an entry's row is in no table: it went with its member, its term is over, or it never was.

    Rows of a `term` go while their grant stands; without one they stay as long as it.
    """

    def __init__(self, term: str = "") -> None:
        now, terms = clock.now(), retention.terms()
        self.rows_from = now - timedelta(days=terms[term]) if term else datetime.min.replace(tzinfo=UTC)
        self.grants_from = now - timedelta(days=terms["ended_grants"])
        self._erased, self._read_to = set[str](), 0

    def finding(self, said: Said, grants: Collection[UUID]) -> Finding:
        """Return what is found of an entry that has no row; `grants` are those that stand, of those named."""
        if ref_of(said, "grant") in grants:
            return Finding.DROPPED if said.at < self.rows_from else Finding.ENTRY_WITHOUT_ACT
        if self._is_erased(str(said.facts.get("grant"))):
            return Finding.ERASED
        return Finding.DROPPED if said.at < self.grants_from else Finding.ENTRY_WITHOUT_ACT

    def _is_erased(self, grant: str) -> bool:
        """Whether the log tells so; what it told since we last looked is read as well."""
        if grant not in self._erased:
            newer = Entry.objects.filter(kind=GRANT_ERASED, id__gt=self._read_to).order_by("id")
            for entry in newer.iterator(chunk_size=BATCH):
                self._erased.add(str(entry.facts.get("grant")))
                self._read_to = entry.id
        return grant in self._erased


class _Bench:
    """Judges batch after batch, and remembers between them what may stand there once only."""

    def __init__(self, outbox: Outbox, *, term: str) -> None:
        self.outbox, self.absent = outbox, Absent(term)
        self.told: Counter[tuple[str, UUID]] = Counter()  # what only can be counted, by kind and row

    def judged(self, batch: Sequence[Said]) -> Iterator[tuple[UUID, Finding]]:
        refs = [ref for said in batch if (ref := ref_of(said, self.outbox.fact))]
        rows = self.outbox.model._default_manager.in_bulk(refs, field_name=self.outbox.key)
        grants = standing_of(batch)
        for said in batch:
            if finding := self._finding(said, rows, grants):
                yield said.event_id, finding

    def _finding(self, said: Said, rows: Mapping[UUID, Any], grants: Collection[UUID]) -> Finding | None:
        if said.kind in self.outbox.decisions and self.outbox.fact not in said.facts:
            return None
        ref = ref_of(said, self.outbox.fact)
        row = rows.get(ref) if ref else None
        return (
            self.absent.finding(said, grants) if ref is None or row is None else self._against(said, ref, row)
        )

    def _against(self, said: Said, ref: UUID, row: Any) -> Finding | None:
        outbox = self.outbox
        if any(said.facts.get(fact) != str(getattr(row, name)) for fact, name in outbox.told.items()):
            return Finding.OTHERWISE
        if said.kind in outbox.ends.values():
            return self._end(said, ref, row)
        if said.kind in outbox.tries:
            return Finding.OTHERWISE if int(said.facts.get("attempt", 0)) > row.attempt else None
        if said.kind == outbox.again:
            return self._once_more(said, ref, most=row.replays)
        return self._permission(said, ref, row) if said.kind == outbox.permitted else None

    def _permission(self, said: Said, ref: UUID, row: Any) -> Finding | None:
        """Each attempt had one permission; the row names the newest, the others can only be counted."""
        if row.attempt == 0:
            return Finding.OTHERWISE
        if row.decision_event == said.event_id:
            return None
        return self._once_more(said, ref, most=row.attempt - (row.state in SENT))

    def _end(self, said: Said, ref: UUID, row: Any) -> Finding | None:
        """A row has one end, which it names; what was begun anew had one before for each time."""
        if row.outcome_event == said.event_id:
            return None if said.kind == self.outbox.ends.get(row.state) else Finding.OTHERWISE
        most = row.replays if self.outbox.again and said.kind == self.outbox.ends[State.DEAD] else 0
        if not most and row.outcome_event is None:
            return Finding.OTHERWISE
        return self._once_more(said, ref, most=most)

    def _once_more(self, said: Said, ref: UUID, *, most: int) -> Finding | None:
        self.told[said.kind, ref] += 1
        return Finding.TWICE if self.told[said.kind, ref] > most else None


def batches(entries: Iterable[Said]) -> Iterator[list[Said]]:
    """Yield entries by the batch, so that their rows are read at once."""
    waiting = iter(entries)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def standing_of(batch: Iterable[Said]) -> frozenset[UUID]:
    """Return which of the grants that entries name are there."""
    named = {ref for said in batch if (ref := ref_of(said, "grant"))}
    return frozenset(Grant.objects.filter(ref__in=named).values_list("ref", flat=True))


def ref_of(said: Said, fact: str) -> UUID | None:
    """Return the reference that an entry tells as one of its facts, or None."""
    try:
        return UUID(str(said.facts[fact]))
    except (KeyError, ValueError):
        return None
