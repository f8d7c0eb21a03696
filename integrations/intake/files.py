"""Bringing files of the API's own JSON into a member's records: what is sound goes in, what is not is named."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.db import transaction

from audit.log import services as log
from audit.log.events import Event
from consent.grants import clock
from consent.grants import selectors as grants
from integrations.intake import services
from records import reading
from records.admission import NewDocument
from records.members.models import Member
from records.reading import Malformed

BATCH = 200


@dataclass(slots=True)
class Brought:
    """How it went: documents taken in, deliveries that it set in motion, and what was not read."""

    documents: int = 0
    deliveries: int = 0
    malformed: list[Malformed] = field(default_factory=list)


def bring(
    member: Member, paths: Sequence[Path], *, kind: str | None = None, ticket: str = "", operator: str = ""
) -> Brought:
    """Read files and take in their documents; a malformed one stops nothing. Operator and ticket are recorded.

    All of it has one time: how many private entries lie between two documents must not show in when they are due.
    Raises MembersOnly.
    """
    member.check_is_a_members()
    brought, at = Brought(), clock.now()
    if operator:
        _record(member, ticket=ticket, operator=operator, files=len(paths))
    for path in paths:
        for batch in batches(_sound(path, kind, brought)):
            deliveries = services.receive(member=member, documents=batch, at=at)
            brought.documents += len(batch)
            brought.deliveries += len(deliveries)
    return brought


def batches(documents: Iterable[NewDocument]) -> Iterator[list[NewDocument]]:
    """Yield documents by the hundreds, so that no transaction holds many years."""
    waiting = iter(documents)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def _sound(path: Path, kind: str | None, brought: Brought) -> Iterator[NewDocument]:
    for read in reading.read(path, kind):
        if isinstance(read, Malformed):
            brought.malformed.append(read)
        else:
            yield read


@transaction.atomic
def _record(member: Member, *, ticket: str, operator: str, files: int) -> None:
    """An operator's act on a member's records names who and why (SR-9.2)."""
    log.append(
        Event(
            kind="staff.imported",
            actor="operator",
            subject=grants.subject_of(member.id, ""),
            at=clock.now(),
            facts={"ticket": ticket[:64], "operator": operator[:64], "files": files},
        )
    )
