"""The outbox against the log, one to one: what each delivery says was decided and became of it, and what entries say.

Filled into `audit.ports` when Django starts. What an erasure or the end of a term took away is told apart from what is
missing: the erasure has an entry for each grant, the term is the one in force.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db.models import Q

from audit.log.models import Entry
from audit.oversight import retention
from audit.ports import Claim, Finding, Said
from consent.grants import clock
from consent.grants.models import Grant
from integrations.deliveries.lifecycle import FINAL, State
from integrations.deliveries.models import Delivery

BATCH = 500
PERMITTED, REFUSED = "release.permitted", "release.refused"
DECISIONS = frozenset({PERMITTED, REFUSED})
ENDS = frozenset(f"delivery.{state}" for state in FINAL)
ATTEMPTS = frozenset({"delivery.may_have_arrived", "delivery.delayed"})
GRANT_ERASED = "grant.erased"
SENT = {State.SENDING.value, State.DELIVERED.value, State.DEAD.value}  # the last answer of the gate was a yes


class DeliveryClaims:
    """The port: deliveries' decisions and endings."""

    kinds = DECISIONS | ENDS | ATTEMPTS | {GRANT_ERASED}

    def between(self, since: datetime, until: datetime) -> Iterator[Claim]:
        """Yield what every delivery that was open in this time says of its last decision and of its end."""
        open_then = Q(ended_at=None) | Q(ended_at__gte=since)
        found = Delivery.objects.filter(open_then, created_at__lt=until)
        told = found.values_list("id", "state", "attempt", "decision_event", "outcome_event", "ended_at")
        for ref, state, attempt, decision, outcome, ended_at in told.iterator(chunk_size=BATCH):
            if decision is not None or state in {State.SENDING, State.DELIVERED, State.REFUSED}:
                yield Claim(str(ref), decision, _answers(state, attempt))
            if ended_at is not None and ended_at < until:
                yield Claim(str(ref), outcome, frozenset({f"delivery.{state}"}))

    def judged(self, entries: Iterable[Said]) -> Iterator[tuple[UUID, Finding]]:
        """Hold entries against the outbox. An answer of the gate that names no delivery is not the outbox's."""
        bench = _Bench()
        waiting = iter(entries)
        while batch := list(islice(waiting, BATCH)):
            yield from bench.judged(batch)


def _answers(state: str, attempt: int) -> frozenset[str]:
    if state == State.REFUSED:
        return frozenset({REFUSED})
    return frozenset({PERMITTED}) if state in SENT and attempt else DECISIONS


class _Bench:
    """Judges batch after batch, and remembers between them what may stand there once only."""

    def __init__(self) -> None:
        self.now = clock.now()
        terms = retention.terms()
        self.kept_deliveries = timedelta(days=terms["ended_deliveries"])
        self.kept_grants = timedelta(days=terms["ended_grants"])
        self.earlier: Counter[UUID] = Counter()  # permissions that a later attempt followed
        self.erased: frozenset[str] | None = None

    def judged(self, batch: Sequence[Said]) -> Iterator[tuple[UUID, Finding]]:
        rows = Delivery.objects.in_bulk([ref for said in batch if (ref := _ref(said, "delivery"))])
        named = [ref for said in batch if (ref := _ref(said, "grant"))]
        grants = set(Grant.objects.filter(ref__in=named).values_list("ref", flat=True))
        for said in batch:
            if finding := self._finding(said, rows, grants):
                yield said.event_id, finding

    def _finding(self, said: Said, rows: dict[UUID, Delivery], grants: set[UUID]) -> Finding | None:
        if said.kind == GRANT_ERASED:
            return Finding.OTHERWISE if _ref(said, "grant") in grants else None
        if said.kind in DECISIONS and "delivery" not in said.facts:
            return None
        row = rows.get(_ref(said, "delivery") or UUID(int=0))
        if row is not None:
            return self._against(said, row)
        return self._missing(said, grants)

    def _missing(self, said: Said, grants: set[UUID]) -> Finding:
        if _ref(said, "grant") in grants:
            kept = self.kept_deliveries
        elif str(said.facts.get("grant")) in self._erased():
            return Finding.ERASED
        else:
            kept = self.kept_grants
        return Finding.DROPPED if said.at < self.now - kept else Finding.ENTRY_WITHOUT_ACT

    def _against(self, said: Said, row: Delivery) -> Finding | None:
        if (said.facts.get("grant"), said.facts.get("flow")) != (str(row.grant_id), row.flow):
            return Finding.OTHERWISE
        if said.kind in ENDS:
            return _end(said, row)
        if said.kind in ATTEMPTS:
            return Finding.OTHERWISE if int(said.facts.get("attempt", 0)) > row.attempt else None
        return self._permission(said, row) if said.kind == PERMITTED else None

    def _permission(self, said: Said, row: Delivery) -> Finding | None:
        """Each attempt had one permission; the row names the newest, the others can only be counted."""
        if row.attempt == 0:
            return Finding.OTHERWISE
        if row.decision_event == said.event_id:
            return None
        self.earlier[row.id] += 1
        return Finding.TWICE if self.earlier[row.id] > row.attempt - (row.state in SENT) else None

    def _erased(self) -> frozenset[str]:
        if self.erased is None:
            found = Entry.objects.filter(kind=GRANT_ERASED).iterator(chunk_size=BATCH)
            self.erased = frozenset(str(entry.facts.get("grant")) for entry in found)
        return self.erased


def _end(said: Said, row: Delivery) -> Finding | None:
    if row.outcome_event == said.event_id:
        return None if said.kind == f"delivery.{row.state}" else Finding.OTHERWISE
    return Finding.OTHERWISE if row.outcome_event is None else Finding.TWICE


def _ref(said: Said, name: str) -> UUID | None:
    try:
        return UUID(str(said.facts[name]))
    except (KeyError, ValueError):
        return None
