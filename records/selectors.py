"""Opening a member's documents. Called by the gate's door alone, with the member's key passed in.

Every question but the last two reads the public table only: what is private can change no answer of theirs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NoReturn
from uuid import UUID

from django.db.models import Max, QuerySet

from records import admission
from records.documents import Reference, Saved
from records.errors import StrayDocument
from records.members.keyring import Key
from records.models import Document, PrivateDocument
from records.prepared import Prepared
from records.sealing import PRIVATE, PUBLIC, Seals

AT_ONCE = 500
FETCHED_AT_ONCE = 62  # documents: two months of a kind that has one a day


@dataclass(frozen=True, slots=True)
class Stored:
    """One opened document. Prints masked; refuses pickling and copying, so it stays where it was opened."""

    ref: UUID
    kind: str
    day: date
    origin: str
    fields: Mapping[str, Any] = field(repr=False)
    revision: int = 1

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise StrayDocument(type(self).__name__)


def document(*, key: Key, ref: UUID) -> Stored | None:
    """Return one document of the member, or None when they have none of that reference."""
    seals = Seals.of(key)
    row = Document.objects.filter(owner=seals.owner, id=ref).first()
    return _opened(seals, row) if row else None


def documents_of(*, key: Key, refs: Sequence[UUID]) -> dict[UUID, Stored]:
    """Return those of some documents that the member has, by reference."""
    seals, found = Seals.of(key), {}
    for start in range(0, len(refs), AT_ONCE):
        rows = Document.objects.filter(owner=seals.owner, id__in=refs[start : start + AT_ONCE])
        found.update({row.id: _opened(seals, row) for row in rows})
    return found


def before(*, key: Key, saved: Iterable[Saved]) -> dict[UUID, Stored]:
    """Return what documents were before they were saved, by reference; those that were not there are not in it."""
    seals = Seals.of(key)
    return {
        each.ref: Stored(
            each.ref,
            each.kind,
            each.before.day,
            each.origin,
            seals.open(PUBLIC, each.ref, each.before.sealed),
        )
        for each in saved
        if each.before is not None
    }


def documents(
    *, key: Key, kind: str | None = None, since: date | None = None, until: date | None = None
) -> Iterator[Stored]:
    """Yield the member's documents by day, of one kind or all; `since` and `until` are included."""
    seals = Seals.of(key)
    for row in _rows(seals.owner, kind, since, until).iterator():
        yield _opened(seals, row)


def each(
    *, key: Key, kind: str, since: date | None = None, until: date | None = None, newest_first: bool = False
) -> Iterator[Stored]:
    """Yield the documents of one kind by day and reference, one statement however many there are.

    Few are fetched at once; of many only as many are read and opened as the caller takes.
    """
    seals = Seals.of(key)
    if since is not None and until is not None and (until - since).days <= FETCHED_AT_ONCE:
        for ref, day, origin, body, revision in _A_FEW(
            owner=seals.owner, kind=kind, since=since, until=until
        ):
            yield Stored(ref, kind, day, origin, seals.open(PUBLIC, ref, body), revision)
        return
    order = ("-day", "id") if newest_first else ("day", "id")
    rows = _rows(seals.owner, kind, since, until).order_by(*order)
    for row in rows.iterator(chunk_size=FETCHED_AT_ONCE):
        yield _opened(seals, row)


def references(
    *, key: Key, kind: str | None = None, since: date | None = None, until: date | None = None
) -> list[Reference]:
    """Return which documents there are, by day, without opening any."""
    rows = _rows(Seals.of(key).owner, kind, since, until)
    return [Reference(*row) for row in rows.values_list("id", "kind", "day", "origin")]


def newest_day(*, key: Key, kinds: Iterable[str] | None = None) -> date | None:
    """Return the last day that has a document (of these kinds), or None."""
    rows = Document.objects.filter(owner=Seals.of(key).owner)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    newest: date | None = rows.aggregate(day=Max("day"))["day"]
    return newest


def private_documents(*, key: Key) -> list[Stored]:
    """Return the documents that are wholly the member's own. For their own copy alone."""
    return [
        Stored(ref, entry["kind"], date.fromisoformat(entry["day"]), entry["origin"], entry["body"])
        for ref, entry in _private_entries(key)
        if entry["part_of"] is None
    ]


def whole_documents(*, key: Key) -> Iterator[Stored]:
    """Yield all of the member's documents, private parts back in place. For their own copy alone."""
    parts = {
        entry["part_of"]: entry["body"] for _, entry in _private_entries(key) if entry["part_of"] is not None
    }
    for each in documents(key=key):
        whole = admission.combine(each.kind, each.fields, parts.get(str(each.ref)))
        yield Stored(each.ref, each.kind, each.day, each.origin, whole, each.revision)
    yield from private_documents(key=key)


def _rows(owner: str, kind: str | None, since: date | None, until: date | None) -> QuerySet[Document]:
    rows = Document.objects.filter(owner=owner)
    if kind is not None:
        rows = rows.filter(kind=kind)
    if since is not None:
        rows = rows.filter(day__gte=since)
    if until is not None:
        rows = rows.filter(day__lte=until)
    return rows.order_by("day", "kind", "id")


def _opened(seals: Seals, row: Document) -> Stored:
    fields = seals.open(PUBLIC, row.id, row.body)
    return Stored(row.id, row.kind, row.day, row.origin, fields, row.revision)


def _private_entries(key: Key) -> Iterator[tuple[UUID, dict[str, Any]]]:
    seals = Seals.of(key)
    for row in PrivateDocument.objects.filter(owner=seals.owner).order_by("id").iterator():
        yield row.id, seals.open(PRIVATE, row.id, row.body)


def _written(owner: str, kind: str, since: date, until: date) -> "QuerySet[Document, tuple[Any, ...]]":
    rows = Document.objects.filter(owner=owner, kind=kind, day__gte=since, day__lte=until)
    return rows.order_by("day", "id").values_list("id", "day", "origin", "body", "revision")


_DAY = Document._meta.get_field("day")
_A_FEW = Prepared(
    _written,
    owner=Document._meta.get_field("owner"),
    kind=Document._meta.get_field("kind"),
    since=_DAY,
    until=_DAY,
)
