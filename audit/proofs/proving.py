"""Proofs about the log, in the forms that `audit/outside/verify_ringfence.py` and other people's tools check.

A proof is read out of the stored tiles: one statement fetches all that it needs, and it grows with the logarithm of the
log. It leads to a signed checkpoint, since a root that nobody signed proves nothing.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from audit.log.models import Entry
from audit.proofs import notes, selectors, signing, store, tree
from audit.proofs.errors import EntryUnknown, EntryWaits, NoCheckpoint
from audit.proofs.models import Checkpoint
from audit.proofs.tiles import TileHashes, TileRefused

_PLACE = """SELECT e.body, l."index", c.size, c.note FROM {entry} e
LEFT JOIN audit_proofs_leaf l ON l.entry = e.id
LEFT JOIN (SELECT size, note FROM audit_proofs_checkpoint {chosen} ORDER BY size DESC LIMIT 1) c ON 1 = 1"""
_BY_ID = {
    "postgresql": "audit_log_entry_of(%s)",  # its plan is kept (migration 0006 of the log)
    "sqlite": "(SELECT id, body FROM audit_log_entry WHERE event_id = %s)",
}
_BY_LEAF = "(SELECT id, body FROM audit_log_entry WHERE leaf = %s)"


def inclusion(event_id: UUID) -> dict[str, Any]:
    """Return the receipt of one entry: its text, its index, its path and the newest checkpoint over it.

    Raises EntryUnknown, EntryWaits.
    """
    written = Entry._meta.get_field("event_id").get_db_prep_value(event_id, connection)
    body, index, size, note = _found(_BY_ID[connection.vendor], written, None)
    return {
        "kind": "ringfence.inclusion.v1",
        "entry": body.decode(),
        "index": index,
        "proof": _path(index, size),
        "checkpoint": note,
    }


def leaf_inclusion(leaf: bytes, size: int | None = None) -> dict[str, Any]:
    """Return the path of a leaf hash under the checkpoint of `size` entries, the newest unless told; never the entry.

    Raises EntryUnknown, EntryWaits, NoCheckpoint.
    """
    if size is not None:
        _checkpoint(size)
    _, index, size, note = _found(_BY_LEAF, leaf, size)
    return {
        "kind": "ringfence.leaf.v1",
        "leaf": leaf.hex(),
        "index": index,
        "proof": _path(index, size),
        "checkpoint": note,
    }


def consistency(old_size: int, new_size: int | None = None) -> dict[str, Any]:
    """Return the proof that the log of `old_size` entries is the beginning of a later one, the newest unless told.

    Both are sizes of which a checkpoint was signed. Raises NoCheckpoint; NotInTheTree when the old one is the larger.
    """
    old, new = _checkpoint(old_size), _newest() if new_size is None else _checkpoint(new_size)
    reader = store.hashes(new.size, [old.size - 1, old.size])
    return {
        "kind": "ringfence.consistency.v1",
        "old": old.note,
        "new": new.note,
        "proof": _told(tree.consistency_proof(old.size, new.size, reader)),
    }


def standing(leaves: Mapping[int, bytes]) -> tuple[set[int], set[int]]:
    """Return of these leaf hashes by index which lead to the root that was signed last, and which it does not cover.

    The others were changed. Two statements, however many there are. Raises LogKeyRefused without any key to check with.
    """
    newest, known = selectors.latest(), signing.vkeys()
    if newest is None or not leaves:
        return set(), set(leaves)
    try:
        head = notes.open_checkpoint(newest.note, known)
        within = [index for index in leaves if index < head.size]
        reader = store.hashes(head.size, within)
        good = {index for index in within if _leads(leaves[index], index, head, reader)}
    except notes.NoteRefused:
        return set(), set()
    return good, set(leaves) - set(within)


def _leads(leaf: bytes, index: int, head: notes.Checkpoint, reader: TileHashes) -> bool:
    try:
        path = tree.inclusion_proof(index, head.size, reader)
    except (tree.NotInTheTree, TileRefused):
        return False
    return tree.verify_inclusion(leaf, index, head.size, path, head.root)


def _found(entry: str, value: Any, size: int | None) -> tuple[bytes, int, int, str]:
    """Return an entry's bytes and index, and the size and note of the checkpoint asked for, in one statement."""
    with connection.cursor() as cursor:
        chosen = "WHERE size = %s" if size is not None else ""
        cursor.execute(_PLACE.format(entry=entry, chosen=chosen), [value, *([size] if chosen else [])])
        row = cursor.fetchone()
    if row is None:
        raise EntryUnknown
    body, index, covered, note = row
    if index is None or covered is None:
        raise EntryWaits
    if index >= covered:
        newest = _newest()
        if index < newest.size:
            raise NoCheckpoint(covered)
        raise EntryWaits  # it has an index, but nobody signed for it yet
    return bytes(body), index, covered, note


def _newest() -> Checkpoint:
    checkpoint = selectors.latest()
    if checkpoint is None:
        raise EntryWaits
    return checkpoint


def _checkpoint(size: int) -> Checkpoint:
    checkpoint = Checkpoint.objects.filter(size=size).first()
    if checkpoint is None:
        raise NoCheckpoint(size)
    return checkpoint


def _path(index: int, size: int) -> list[str]:
    return _told(tree.inclusion_proof(index, size, store.hashes(size, [index])))


def _told(proof: Iterable[bytes]) -> list[str]:
    return [b64encode(one).decode() for one in proof]
