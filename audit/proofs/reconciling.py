"""Holding the log and the tables against one another, one to one: what was done has its entry, what is told was done.

The tree shows that no entry was changed; it cannot show that none was left out, or that a row was. This does, each day,
and its result is an event.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from audit import ports
from audit.log import services as log
from audit.log.events import Event, written
from audit.log.models import Entry
from audit.log.planning import planned_anew
from audit.ports import Claim, Claims, Finding, Said

RECONCILED = "audit.reconciled"
EVERY_DAY = "ringfence"  # who acts when nobody asked
BATCH = 500
NAMED_IN_THE_EVENT = 10  # an entry is small; the command names more
NAMED = 1000
A_DAY = timedelta(days=1)
AFTER_MIDNIGHT = timedelta(minutes=5)  # what was under way at midnight has committed by then
TRY_AGAIN = 3600  # seconds until another worker may begin the day that one did not finish
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Difference:
    """One act or entry that has no counterpart, or another one. `ref` is the act's reference or the entry's id."""

    ref: str
    finding: Finding


@dataclass(slots=True)
class Reconciliation:
    """What was held against one another in `since <= at < until`, and where it differs (the first thousand)."""

    since: datetime
    until: datetime
    acts: int = 0
    entries: int = 0
    differ: int = 0
    erased: int = 0
    dropped: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return self.differ == 0

    def found(self, ref: str, finding: Finding) -> None:
        """Count one finding; what an erasure or a term explains is no difference."""
        self.erased += finding is Finding.ERASED
        self.dropped += finding is Finding.DROPPED
        self.differ += finding.differs
        if finding.differs and len(self.differences) < NAMED:
            self.differences.append(Difference(ref, finding))

    def told(self, *, named: int = NAMED) -> dict[str, Any]:
        """Return it as JSON tells it."""
        return {
            "since": written(self.since),
            "until": written(self.until),
            "acts": self.acts,
            "entries": self.entries,
            "erased": self.erased,
            "dropped": self.dropped,
            "differ": self.differ,
            "first": [{"ref": each.ref, "finding": str(each.finding)} for each in self.differences[:named]],
        }


@planned_anew()
def reconcile(*, since: datetime, until: datetime, actor: str) -> Reconciliation:
    """Hold acts and entries of a time against one another, and write the result down. Times are aware UTC."""
    result = Reconciliation(since, until)
    for claims in ports.claims().values():
        for ref, finding in _acts_without_entry(claims, result):
            result.found(ref, finding)
        for event_id, finding in claims.judged(_said(claims, result)):
            result.found(str(event_id), finding)
    _happened(result, actor=actor)
    if not result.ok:
        logger.error("the log and the tables differ", extra={"count": result.differ})
    return result


def daily() -> Reconciliation | None:
    """Reconcile up to midnight (UTC) once a day, from where it was last done, so that no day is left out.

    None when that is done, under way, or too early.
    """
    now = timezone.now()
    today = datetime.combine(now.astimezone(UTC).date(), time.min, UTC)
    since = _done_until() or today - A_DAY
    if since >= today or now < today + AFTER_MIDNIGHT:
        return None
    if not cache.add(f"audit:reconciling:{today.date()}", 1, TRY_AGAIN):
        return None
    return reconcile(since=since, until=today, actor=EVERY_DAY)


def _done_until() -> datetime | None:
    """Return until when the days were reconciled one after the other, as the log says; an operator's look is none."""
    for entry in Entry.objects.filter(kind=RECONCILED).order_by("-id").iterator(chunk_size=BATCH):
        told = json.loads(bytes(entry.body))
        if told["actor"] == EVERY_DAY:
            return datetime.fromisoformat(told["facts"]["until"])
    return None


def _acts_without_entry(claims: Claims, result: Reconciliation) -> Iterator[tuple[str, Finding]]:
    """Yield each claim whose entry is missing, is of another kind, or is about something else."""
    made = claims.between(result.since, result.until)
    while batch := list(islice(made, BATCH)):
        result.acts += len(batch)
        wanted = [claim.event_id for claim in batch if claim.event_id is not None]
        rows = Entry.objects.filter(event_id__in=wanted).values_list("event_id", "body")
        entries = {event_id: json.loads(bytes(body)) for event_id, body in rows}
        for claim in batch:
            if finding := _of_claim(claim, entries):
                yield claim.ref, finding


def _of_claim(claim: Claim, entries: dict[UUID, dict[str, Any]]) -> Finding | None:
    entry = entries.get(claim.event_id) if claim.event_id else None
    if entry is None:
        return Finding.ACT_WITHOUT_ENTRY
    same = entry["kind"] in claim.kinds and claim.ref in entry["facts"].values()
    return None if same else Finding.OTHERWISE


def _said(claims: Claims, result: Reconciliation) -> Iterator[Said]:
    """Yield the time's entries whose acts are known to these claims, oldest first."""
    found = Entry.objects.filter(at__gte=result.since, at__lt=result.until, kind__in=sorted(claims.kinds))
    for place, body in found.order_by("id").values_list("id", "body").iterator(chunk_size=BATCH):
        told = json.loads(bytes(body))
        result.entries += 1
        at = datetime.fromisoformat(told["at"])
        yield Said(UUID(told["id"]), told["kind"], at, told["subject"], place, told["facts"])


@transaction.atomic
def _happened(result: Reconciliation, *, actor: str) -> None:
    facts = result.told(named=NAMED_IN_THE_EVENT)
    log.append(Event(kind=RECONCILED, actor=actor, subject="", at=timezone.now(), facts=facts))
