"""Is the log whole? All is computed again from the entries and held against everything that repeats them (SR-8.5).

The database's triggers only deter: whoever owns it can lift them. What is trusted here is, in the end, the log's public
key and what the witness has seen. Memory stays flat however long the log is.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from django.db import DatabaseError, DataError, OperationalError, ProgrammingError, connection
from django.utils import timezone

from audit.log.jcs import EXACT
from audit.log.planning import in_order, planned_anew
from audit.proofs import forms, publishing, rows, strays, witness
from audit.proofs.marks import Kept, Marks
from audit.proofs.recomputing import UNREADABLE, Copy, Fault, Recomputation, Tally, first_of
from audit.proofs.telling import legible
from audit.proofs.tiles import HEIGHT
from audit.proofs.tree import EMPTY
from audit.proofs.verdicts import Verdict, keep, latest, newest

__all__ = ["Verdict", "latest", "newest", "verify"]

log = logging.getLogger(__name__)
Progress = Callable[[int, int], None]  # entries done, entries in all

LONGEST = 400  # characters of a finding
_UNKEPT = "The log takes no entry about this check: somebody keeps it from being written down."
_BROKEN = "From index %d on, what is kept cannot be read: it is not of the form that we write."
_HEAD_AND_TALLIES = """SELECT h.size, h.root, t.day, t.partner, t.kind, t.outcome, t.reason, t.count
FROM audit_proofs_head h LEFT JOIN audit_log_tally t ON h.log = 1 WHERE h.log = 1"""  # one statement, one moment


@dataclass(frozen=True, slots=True)
class _Head:
    size: int
    root: bytes
    tally: Tally


@planned_anew()
@in_order()
@legible()
def verify(progress: Progress | None = None, *, actor: str = "operator") -> Verdict:
    """Compute the whole log again, keep the verdict and write down that it was asked for.

    Raises LogKeyRefused when no key is known to check signatures with. The log may grow meanwhile: what has come since
    the beginning is left to the next check. Writes nothing before it is done. A verdict that the log does not take is
    no good one.
    """
    size, root, fault = _checked(progress or _silent)
    index = fault.index if fault else None
    verdict = Verdict(
        ok=fault is None,
        size=size,
        root=root,
        first_bad=index if index is not None and 0 <= index <= EXACT else None,
        finding=_shown(fault.said) if fault else "",
        at=timezone.now(),
        witness=witness.name(),
    )
    try:
        keep(verdict, actor)
    except OperationalError:
        raise
    except DatabaseError as refused:
        log.exception("a verdict was not taken", exc_info=refused)
        return replace(verdict, ok=False, finding=f"{verdict.finding} {_UNKEPT}".strip())
    return verdict


def _shown(said: str) -> str:
    """Return a finding that a page and an entry can hold, whatever stood in what it repeats."""
    return "".join([one if one.isprintable() else "?" for one in said[:LONGEST]])


def _checked(progress: Progress) -> tuple[int, bytes, Fault | None]:
    """Return how many entries were to be checked, their root as far as it was computed, and what is wrong."""
    head = _Head(0, EMPTY, Tally())
    tree = Recomputation()
    try:
        kept = Kept.now()
        head = _head()
        public = kept.public()
        copies = []
        if public and not public.fault:
            copies.append(
                Copy(min(public.size, head.size), publishing.hashes(public.size), "the published tiles")
            )
        tree = Recomputation(head.size, copies)
        _walk(tree, Marks.of(kept, head.size), head.size, progress)
        _compare(tree, head)
        strays.look(head.size)
        forms.look()
    except Fault as fault:
        return head.size, tree.edge.root(), fault
    except (ProgrammingError, DataError, *UNREADABLE) as broken:
        log.warning("a check broke off", exc_info=broken)
        return head.size, tree.edge.root(), Fault(tree.edge.size, _BROKEN % tree.edge.size)
    return head.size, head.root, None


def _walk(tree: Recomputation, marks: Marks, size: int, progress: Progress) -> None:
    _judge(tree, marks, [])  # an empty log may have been signed as well
    fault: Fault | None = None
    with closing(rows.chunks(size)) as chunks:
        for chunk in chunks:
            fault = first_of([_judged(tree, marks, chunk), tree.settle() if _is_due(chunk) else None])
            if fault:
                break
            progress(tree.edge.size, size)
    if fault := first_of([fault, tree.settle()]):
        raise fault
    marks.left(size)


def _judged(tree: Recomputation, marks: Marks, chunk: rows.Chunk) -> Fault | None:
    """Grow the tree by a chunk and hold the checkpoints on the way against it; return the first fault."""
    leaves, fault = tree.leaves(chunk)
    try:
        _judge(tree, marks, leaves)
    except Fault as found:
        return first_of([found, fault])
    return fault


def _is_due(chunk: rows.Chunk) -> bool:
    """Say whether the higher tiles are looked at, which waits for the database: every two million entries."""
    return not chunk.first % (rows.CHUNK << HEIGHT)


def _judge(tree: Recomputation, marks: Marks, leaves: Sequence[bytes]) -> None:
    """Append leaves, and hold every checkpoint on the way against the root at its size. Raises Fault."""
    done, end = 0, tree.edge.size + len(leaves)
    while (at := marks.next) is not None and at <= end:
        step = at - tree.edge.size
        tree.grow(leaves[done : done + step])
        done += step
        marks.judge(tree.edge.root())
    tree.grow(leaves[done:])


def _compare(tree: Recomputation, head: _Head) -> None:
    """Hold the head and the days' counts against the tree. Raises Fault."""
    if tree.edge.root() != head.root:
        raise Fault(max(head.size - 1, 0), f"The head names another root than its {head.size} entries have.")
    if tree.tally != head.tally:
        lines = [
            line for line in tree.tally.keys() | head.tally.keys() if tree.tally[line] != head.tally[line]
        ]
        line = min(lines)
        raise Fault(
            None,
            f"The counts of {line[0]} do not fit the entries: {head.tally[line]} of {line[2]} are counted, "
            f"{tree.tally[line]} are there.",
        )


def _head() -> _Head:
    with connection.cursor() as cursor:
        cursor.execute(_HEAD_AND_TALLIES)
        found = cursor.fetchall()
    tally = Tally()
    for _, _, day, *line, count in found:
        if count is not None:
            tally[str(day), *line] += count
    if not found:
        return _Head(0, EMPTY, tally)
    size = found[0][0]
    if type(size) is not int or not 0 <= size <= EXACT:
        raise Fault(None, "The head names no size that a tree can have.")
    return _Head(size, rows.plain(found[0][1]), tally)


def _silent(done: int, size: int) -> None:
    """Say nothing of the progress."""
