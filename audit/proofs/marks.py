"""Every checkpoint that was ever signed, held against the tree as the entries make it: in whatever place it is kept.

Whoever owns the database and the key can write a new history and sign it. What they cannot do is take back what the
witness has seen: there the two histories part, and everything before the last checkpoint that agrees is vouched for.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from heapq import merge
from itertools import groupby
from operator import attrgetter

from django.db.models import Q

from audit.proofs import publishing, selectors, signing, witness
from audit.proofs.errors import WitnessRefused
from audit.proofs.models import Checkpoint
from audit.proofs.notes import Checkpoint as Signed
from audit.proofs.notes import NoteRefused, open_checkpoint
from audit.proofs.recomputing import Fault
from audit.proofs.rows import plain

STORED, WITNESSED, PUBLISHED = "stored", "witnessed", "published"
PLACES = 3  # that one note may be read from, one soon after the other: its signature is checked once
PAGE = 2000  # checkpoints of the database in memory at a time
Opened = Callable[[str], Signed]


@dataclass(frozen=True, slots=True)
class Mark:
    """One signed checkpoint, and where it is kept. What is wrong with it by itself is told once its turn has come."""

    size: int
    root: bytes
    note: str
    place: str
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What was signed when a check began, read in this order: a sequencer at work only adds to what comes later."""

    newest: Checkpoint | None
    published: str | None
    witnessed: int  # bytes of the witness file
    opened: Opened

    @classmethod
    def now(cls) -> "Kept":
        """Read them. Raises Fault when the witness file cannot be read, LogKeyRefused when we know no key."""
        newest, published = selectors.latest(), publishing.published()
        opened = partial(open_checkpoint, vkeys=signing.vkeys())
        try:
            return cls(newest, published, witness.length(), lru_cache(PLACES)(opened))
        except WitnessRefused as refused:
            raise Fault(None, str(refused)) from refused

    def public(self) -> Mark | None:
        """Return the checkpoint that the world sees; its fault where it is none of ours."""
        if self.published is None:
            return None
        return _mark(self.published, PUBLISHED, self.opened, 0, "The published checkpoint")


@dataclass(slots=True)
class Marks:
    """Checkpoints by size, to be judged in that order while the tree grows."""

    kept: Kept
    marks: Iterator[tuple[int, list[Mark]]]
    unread: Fault | None = None  # what is wrong with the public one by itself: it has no size
    vouched: int = 0  # entries that a witnessed checkpoint vouches for
    _next: list[tuple[int, list[Mark]]] = field(default_factory=list)

    @classmethod
    def of(cls, kept: Kept, size: int) -> "Marks":
        """Return the checkpoints of a tree of `size` entries, and those that came before it and claim more."""
        public = kept.public()
        everywhere = merge(
            _stored(kept, size),
            _witnessed(kept),
            [public] if public and not public.fault else [],
            key=attrgetter("size"),
        )
        found = ((at, list(marks)) for at, marks in groupby(everywhere, key=attrgetter("size")))
        return cls(kept, found, public.fault if public else None)

    @property
    def next(self) -> int | None:
        """Return the size at which the next checkpoint stands."""
        if not self._next and (found := next(self.marks, None)):
            self._next.append(found)
        return self._next[0][0] if self._next else None

    def judge(self, root: bytes) -> None:
        """Hold the checkpoints of the next size against the root over that many entries. Raises Fault."""
        size, found = self._next.pop()
        places = {mark.place for mark in found}
        if any(mark.root != root for mark in found if mark.place == WITNESSED and not mark.fault):
            raise Fault(self.vouched, self._another_history(size))
        if fault := next((mark.fault for mark in found if mark.fault), None):
            raise fault
        self.vouched = size if WITNESSED in places else self.vouched
        last = max(size - 1, 0)
        if wrong := next((mark for mark in found if mark.root != root), None):
            raise Fault(
                last, f"The {wrong.place} checkpoint of {size} entries names another root than they have."
            )
        if len({mark.note for mark in found}) > 1 or len([1 for mark in found if mark.place == STORED]) > 1:
            raise Fault(last, f"There is more than one checkpoint of {size} entries: the log was forked.")
        if STORED not in places:
            raise Fault(last, f"The database lacks the checkpoint of {size} entries that was signed.")
        if WITNESSED not in places and not self._under_way(size, places):
            raise Fault(
                last, f"The witness lacks the checkpoint of {size} entries: it was cut, or never told."
            )

    def left(self, size: int) -> None:
        """Say what a checkpoint beyond the last of `size` entries means, or one without a size. Raises Fault."""
        if self.unread:
            raise self.unread
        if (beyond := self.next) is not None:
            raise Fault(
                size, f"A checkpoint vouches for {beyond} entries; from index {size} on they are gone."
            )

    def _under_way(self, size: int, places: set[str]) -> bool:
        """Whether a sequencer at work, or killed, may still have to tell the witness: of the newest, unpublished."""
        return PUBLISHED not in places and (self.kept.newest is None or size >= self.kept.newest.size)

    def _another_history(self, size: int) -> str:
        return (
            f"The first {size} entries are not those that the witness has seen. No checkpoint it holds vouches for the "
            f"entries from index {self.vouched} on: from there the log may have been written anew and signed again."
        )


def _stored(kept: Kept, size: int) -> Iterator[Mark]:
    """A checkpoint that was signed after the check began is left to the next one."""
    known = Q(pk__lte=kept.newest.pk if kept.newest else 0)
    rows = Checkpoint.objects.filter(known | Q(size__lte=size)).order_by("size", "pk")
    page = list(rows[:PAGE])
    while page:
        for row in page:
            said = f"The stored checkpoint of {row.size} entries"
            mark = _mark(row.note, STORED, kept.opened, row.size, said)
            if not mark.fault and (mark.size, mark.root) != (row.size, plain(row.root)):
                yield _broken(row.size, STORED, f"{said} says otherwise in its note.")
            else:
                yield mark
        beyond = Q(size__gt=page[-1].size) | Q(size=page[-1].size, pk__gt=page[-1].pk)
        page = list(rows.filter(beyond)[:PAGE])


def _witnessed(kept: Kept) -> Iterator[Mark]:
    """Yield the witness's notes up to the first that is none."""
    size = 0
    try:
        for note in witness.read(kept.witnessed):
            said = f"A checkpoint of the witness, after that of {size} entries,"
            mark = _mark(note, WITNESSED, kept.opened, size, said)
            if mark.size < size:
                told = f"The witness has a checkpoint of {mark.size} entries after one of {size}."
                yield Mark(size, b"", note, WITNESSED, Fault(mark.size, told))
                return
            size = mark.size
            yield mark
    except WitnessRefused as refused:
        yield Mark(size, b"", "", WITNESSED, Fault(None, str(refused)))


def _mark(note: str, place: str, opened: Opened, size: int, said: str) -> Mark:
    try:
        signed = opened(note)
    except NoteRefused:
        return _broken(size, place, f"{said} does not bear the log's own signature.")
    return Mark(signed.size, signed.root, note, place)


def _broken(size: int, place: str, said: str) -> Mark:
    return Mark(size, b"", "", place, Fault(max(size - 1, 0), said))
