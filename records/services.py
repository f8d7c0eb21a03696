"""Saving, forgetting and erasing a member's documents. Called by the gate's door alone.

What comes back are references, and only of documents with a public part: private ones cause nothing (SR-5.4).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from records import admission, deduplication
from records.admission import FILE, RING, NewDocument
from records.documents import Before, Saved
from records.errors import DocumentMalformed
from records.members.keyring import Key
from records.models import Document, PrivateDocument
from records.sealing import PRIVATE, PUBLIC, Seals
from records.vocabulary import registry, shape
from records.vocabulary.derivations import MADE_FROM

BATCH = 500
WHOLE = frozenset({RING, FILE})  # these bring whole documents; a partner brings what its flow carries
REWRITTEN = ["day", "body", "saved_at", "revision"]
NEAR = timedelta(days=2)  # calendar days of two devices may differ by one for the same workout


@dataclass(frozen=True, slots=True, repr=False)
class _Incoming:
    """One document on its way in, sorted and with its references."""

    ref: UUID
    private_ref: UUID
    kind: str
    day: date
    origin: str
    public: dict[str, Any] | None
    private: dict[str, Any] | None


def save(*, owner_key: Key, documents: Sequence[NewDocument], at: datetime) -> list[Saved]:
    """Store documents, new or again; the same kind, origin and id is the same document.

    All of them or, when one is not of its kind's shape, none: raises DocumentMalformed. A workout that another
    device recorded as well is settled by `deduplication`. Ids are ours: the id a body brings is replaced. What is made
    of a document is saved with it, and gone when it is no longer made.
    """
    seals = Seals.of(owner_key)
    given = _by_reference(_incoming(index, each, seals) for index, each in enumerate(documents))
    made = _made_from(documents, seals)
    incoming = given | {ref: each for ref, each in made.items() if each is not None}
    with transaction.atomic():
        hold(owner_key=owner_key)
        return _store(seals, incoming, at, unmade=set(made) - set(incoming))


def hold(*, owner_key: Key) -> None:
    """Let one writer at a time at a member's documents until the transaction ends, on PostgreSQL; SQLite has one.

    Otherwise the ring and a partner could each save the same real workout without seeing the other's. Whoever
    locks a grant as well takes this first: the saving of a document queues deliveries, which touch the grant.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [Seals.of(owner_key).lock])


def resort(*, owner_key: Key, at: datetime) -> list[Saved]:
    """Sort again, by the vocabulary of today, what may leave; before the policy that comes with it is in force.

    Returns what partners may see otherwise now. What is private stays so until it is saved again.
    """
    seals = Seals.of(owner_key)
    with transaction.atomic():
        hold(owner_key=owner_key)
        entries = (
            seals.open(PRIVATE, row.id, row.body) for row in PrivateDocument.objects.filter(owner=seals.owner)
        )
        parts = {entry["part_of"]: entry["body"] for entry in entries}
        rows = Document.objects.filter(owner=seals.owner, kind__in=list(registry.KINDS))
        incoming = {row.id: _sorted_again(row, parts.get(str(row.id)), seals) for row in rows}
        outcome = _store(seals, incoming, at, unmade=set())
    return [each for each in outcome if each.changed or each.removed]


def forget(*, owner_key: Key, origin: str, external_id: str, kind: str | None = None) -> list[Saved]:
    """Delete what an origin has under one of its ids, both parts; returns what partners may have seen."""
    seals = Seals.of(owner_key)
    kinds = [kind] if kind else list(registry.KINDS)
    with transaction.atomic():
        return _remove(seals, {seals.reference(name, origin, external_id) for name in kinds})


def forget_all(*, owner_key: Key, origin: str) -> list[Saved]:
    """Delete everything that came from one origin, both parts; returns what partners may have seen."""
    seals = Seals.of(owner_key)
    with transaction.atomic():
        rows = Document.objects.filter(owner=seals.owner, origin=origin)
        gone = [_removed(row) for row in rows]
        rows.delete()
        private = PrivateDocument.objects.filter(owner=seals.owner)
        theirs = [row.id for row in private if seals.open(PRIVATE, row.id, row.body)["origin"] == origin]
        private.filter(id__in=theirs).delete()
    return gone


def erase(*, owner_key: Key) -> None:
    """Delete every document of a member. Their key goes as well, which reaches backups (SR-8.3)."""
    owner = Seals.of(owner_key).owner
    with transaction.atomic():
        hold(owner_key=owner_key)
        Document.objects.filter(owner=owner).delete()
        PrivateDocument.objects.filter(owner=owner).delete()


def _incoming(index: int, each: NewDocument, seals: Seals) -> _Incoming:
    if problems := shape.problems_of(each.kind, each.body, partial=each.origin not in WHOLE):
        raise DocumentMalformed(each.kind, index, problems)
    parts = admission.sort(each.kind, admission.completed(each.kind, each.body))
    ref = seals.reference(each.kind, each.origin, each.source_id)
    private_ref = seals.private_reference(ref)
    kind = registry.KINDS[each.kind]
    named = {"id": str(ref if parts.public is not None else private_ref), "origin": each.origin}
    whole = parts.private if parts.public is None else parts.public
    if whole is not None:
        whole.update({name: value for name, value in named.items() if name in kind.by_path})
    day = shape.day_of(each.kind, each.body)
    return _Incoming(ref, private_ref, each.kind, day, each.origin, parts.public, parts.private)


def _made_from(documents: Sequence[NewDocument], seals: Seals) -> dict[UUID, _Incoming | None]:
    """Return what is made of sound documents, by reference; None where nothing is made of one any more."""
    outcome: dict[UUID, _Incoming | None] = {}
    for source in documents:
        kind = MADE_FROM.get(source.kind)
        if kind is None:
            continue
        ref = seals.reference(kind, source.origin, source.source_id)
        made = admission.made_from(source)
        named = str(seals.reference(source.kind, source.origin, source.source_id))
        outcome[ref] = (
            _incoming(0, replace(made, body={**made.body, "derived_from": named}), seals) if made else None
        )
    return outcome


def _sorted_again(row: Document, private: dict[str, Any] | None, seals: Seals) -> _Incoming:
    whole = admission.combine(row.kind, seals.open(PUBLIC, row.id, row.body), private)
    parts = admission.sort(row.kind, admission.completed(row.kind, whole))
    private_ref = seals.private_reference(row.id)
    return _Incoming(row.id, private_ref, row.kind, row.day, row.origin, parts.public, parts.private)


def _by_reference(incoming: Iterable[_Incoming]) -> dict[UUID, _Incoming]:
    """Return one entry a document: the last one given, or for a series the rows of all."""
    kept: dict[UUID, _Incoming] = {}
    for each in incoming:
        before = kept.get(each.ref)
        kept[each.ref] = _with_rows_of(before.public, each) if before else each
    return kept


def _store(seals: Seals, incoming: dict[UUID, _Incoming], at: datetime, *, unmade: set[UUID]) -> list[Saved]:
    stored = {row.id: row for row in _stored(seals.owner, list(incoming))}
    settled = _settle(seals, incoming)
    outcome: list[Saved] = []
    rows: list[Document] = []
    private: list[PrivateDocument] = []
    gone = set(settled.displaced) | unmade
    for ref, each in incoming.items():
        row = stored.get(ref)
        if each.public is None or ref in settled.dropped:
            gone |= {ref} if row else set()
        else:
            saved, fresh = _upsert(seals, each, row, at)
            outcome.append(saved)
            rows += [fresh] if fresh else []
        if each.private is not None and ref not in settled.dropped:
            private.append(_private_row(seals, each))
    outcome += _remove(seals, gone)
    Document.objects.bulk_create(
        rows, BATCH, update_conflicts=True, unique_fields=["id"], update_fields=REWRITTEN
    )
    _store_private(seals, incoming, private)
    return outcome


def _stored(owner: str, refs: list[UUID]) -> Iterable[Document]:
    for start in range(0, len(refs), BATCH):
        yield from Document.objects.filter(owner=owner, id__in=refs[start : start + BATCH])


def _upsert(
    seals: Seals, each: _Incoming, row: Document | None, at: datetime
) -> tuple[Saved, Document | None]:
    """Return what happened to one document, and the row to write when anything did."""
    saved = Saved(each.ref, each.kind, each.day, each.origin, created=row is None, changed=True)
    revision = 1
    if row is not None:
        before = seals.open(PUBLIC, row.id, row.body)
        each = _with_rows_of(before, each)
        if before == each.public:
            return replace(saved, changed=False), None
        revision = row.revision + 1
        saved = replace(saved, before=Before(row.day, row.body))
    sealed = seals.seal(PUBLIC, each.ref, each.public or {})
    return saved, Document(
        id=each.ref,
        owner=seals.owner,
        kind=each.kind,
        day=each.day,
        origin=each.origin,
        body=sealed,
        saved_at=at,
        revision=revision,
    )


def _with_rows_of(before: dict[str, Any] | None, each: _Incoming) -> _Incoming:
    """Return a series with the rows it had before; a row of the same moment is replaced by the new one."""
    if not before or each.public is None or not registry.KINDS[each.kind].series:
        return each
    rows = {row["timestamp_unix"]: row for row in (*before["rows"], *each.public["rows"])}
    return replace(each, public={"rows": [rows[when] for when in sorted(rows)]})


def _settle(seals: Seals, incoming: dict[UUID, _Incoming]) -> deduplication.Settled:
    arriving = [each for each in incoming.values() if each.kind == "workout" and each.public is not None]
    if not arriving:
        return deduplication.Settled(frozenset(), frozenset())
    days = [each.day for each in arriving]
    near = Document.objects.filter(
        owner=seals.owner, kind="workout", day__range=(min(days) - NEAR, max(days) + NEAR)
    )
    stored = [_workout(row.id, row.origin, seals.open(PUBLIC, row.id, row.body)) for row in near]
    return deduplication.settle(
        stored, (_workout(each.ref, each.origin, each.public or {}) for each in arriving)
    )


def _workout(ref: UUID, origin: str, body: dict[str, Any]) -> deduplication.Workout:
    start, end = shape.moment(body["start_datetime"]), shape.moment(body["end_datetime"])
    return deduplication.Workout(ref, origin, start, end)


def _remove(seals: Seals, refs: set[UUID]) -> list[Saved]:
    """Delete documents with their private parts; return those that partners may have seen."""
    if not refs:
        return []
    rows = Document.objects.filter(owner=seals.owner, id__in=refs)
    removed = [_removed(row) for row in rows]
    rows.delete()
    private = [seals.private_reference(ref) for ref in refs]
    PrivateDocument.objects.filter(owner=seals.owner, id__in=private).delete()
    return removed


def _removed(row: Document) -> Saved:
    return Saved(row.id, row.kind, row.day, row.origin, removed=True, before=Before(row.day, row.body))


def _private_row(seals: Seals, each: _Incoming) -> PrivateDocument:
    whole = {
        "kind": each.kind,
        "day": each.day.isoformat(),
        "origin": each.origin,
        "part_of": None if each.public is None else str(each.ref),
        "body": each.private,
    }
    sealed = seals.seal(PRIVATE, each.private_ref, whole)
    return PrivateDocument(id=each.private_ref, owner=seals.owner, body=sealed)


def _store_private(seals: Seals, incoming: dict[UUID, _Incoming], rows: list[PrivateDocument]) -> None:
    """Write the private parts and take away those that are no more."""
    written = {row.id for row in rows}
    outdated = [each.private_ref for each in incoming.values() if each.private_ref not in written]
    for start in range(0, len(outdated), BATCH):
        PrivateDocument.objects.filter(owner=seals.owner, id__in=outdated[start : start + BATCH]).delete()
    PrivateDocument.objects.bulk_create(
        rows, BATCH, update_conflicts=True, unique_fields=["id"], update_fields=["body"]
    )
