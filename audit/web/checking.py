"""Checking one entry on the server, step by step: from its bytes up to a root that the witness has seen (SR-8.5)."""

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.log import chain
from audit.log.events import columns
from audit.log.models import Entry
from audit.proofs import notes, selectors, signing, store, tree, witness
from audit.proofs.errors import SequencerStopped
from audit.proofs.tiles import TileRefused
from audit.web import words


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a check: whether it held, what was done, and the machine's fact beside it."""

    ok: bool
    told: str
    fact: str = ""


def check(entry: Entry) -> tuple[Step, ...]:
    """Return the steps of the check, up to and with the first that does not hold."""
    done: list[Step] = []
    for step in _steps(entry):
        done.append(step)
        if not step.ok:
            break
    return tuple(done)


def _steps(entry: Entry) -> Iterator[Step]:
    body = bytes(entry.body)
    leaf = chain.leaf_hash(body)
    yield Step(
        leaf == bytes(entry.leaf),
        _("The hash of the entry's bytes is the one kept beside it."),
        words.grouped(leaf),
    )
    yield Step(_repeats(entry, body), _("What the search shows of it is what its bytes say."))
    index = selectors.index_of(entry.id)
    if index is None:
        yield Step(
            ok=False,
            told=_("It has no index yet: it was written a moment ago. Check again in a second."),
        )
        return
    yield Step(ok=True, told=_("It has an index in the tree."), fact=words.number(index))
    yield from _under_a_checkpoint(leaf, index)


def _under_a_checkpoint(leaf: bytes, index: int) -> Iterator[Step]:
    try:
        note = _newest_seen()
        head = notes.open_checkpoint(note, signing.vkeys()) if note else None
    except (notes.NoteRefused, SequencerStopped, OSError):
        yield Step(ok=False, told=_("The witness's newest checkpoint is not signed with this log's key."))
        return
    whose = witness.name()
    if head is None or head.size <= index:
        told = _(
            "No checkpoint that covers it has reached the witness yet (%(name)s). Check again in a second."
        )
        yield Step(ok=False, told=told % {"name": whose})
        return
    told = _(
        "The newest checkpoint that the witness has seen carries this log's signature. Witness: %(name)s."
    )
    yield Step(ok=True, told=told % {"name": whose}, fact=_of(head))
    try:
        path = tree.inclusion_proof(index, head.size, store.hashes(head.size))
        led = tree.verify_inclusion(leaf, index, head.size, path, head.root)
    except (tree.NotInTheTree, TileRefused):
        path, led = [], False
    counted = ngettext(
        "From the entry's hash, %(count)s more hash leads to that checkpoint's root.",
        "From the entry's hash, %(count)s more hashes lead to that checkpoint's root.",
        len(path),
    ) % {"count": len(path)}
    refused = _(
        "From the entry's hash no way leads to that checkpoint's root: the entry or the tree was changed."
    )
    yield Step(led, counted if led else refused, "\n".join(words.grouped(each) for each in path))


def _of(head: notes.Checkpoint) -> str:
    size = _("%(count)s entries") % {"count": words.number(head.size)}
    return f"{head.origin}\n{size}\n{b64encode(head.root).decode()}"


def _newest_seen() -> str:
    """Return the witness's last whole note; empty when it has none. Only the end of the file is read."""
    if not witness.path().exists():
        return ""
    with witness.path().open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - witness.TAIL))
        tail = file.read().decode("utf-8", errors="replace")
    return next((found[1] for found in reversed(list(witness.NOTE.finditer(tail)))), "")


def _repeats(entry: Entry, body: bytes) -> bool:
    try:
        told = columns(json.loads(body))
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
    return all(getattr(entry, name) == value for name, value in told.items())
