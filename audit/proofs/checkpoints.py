"""From a grown tree to a public checkpoint: prove that it grew and nothing else, sign, keep a copy outside, publish.

In this order, whatever happens between two steps: row, witness, tiles, checkpoint file. What a killed sequencer left
unfinished the next one finishes before it begins anything, so at most one row is ever ahead of the witness.
"""

import logging

from django.db.models.functions import Now

from audit.proofs import notes, publishing, selectors, signing, store, tree, witness
from audit.proofs.errors import LogKeyRefused, WitnessRefused
from audit.proofs.models import Checkpoint

log = logging.getLogger(__name__)


def settle(held: witness.Witness) -> None:
    """Bring everything outside the database up to the head. Raises SequencerStopped; then nothing was signed.

    Doing it twice changes nothing. Called with the witness file in hand, outside any transaction.
    """
    head = selectors.head()
    now = notes.Checkpoint(signing.origin(), head.size, bytes(head.root))
    last = _opened(held.last) if held.last is not None else None
    public = _public()
    prove(last, now)
    if public != last:
        prove(public, now)
    if unfinished := _unfinished(held, last, public):
        last = _opened(unfinished)
        prove(last, now)
        held.append(unfinished)
    if now.size and (last is None or last.size < now.size):
        last = _sign(held, now)
    if last and last != public and held.last:
        publishing.publish_tiles(public.size if public else 0, last.size)
        log.debug("tiles published", extra={"step": 5})
        publishing.publish_checkpoint(held.last)
        log.debug("checkpoint published", extra={"step": 6})


def _sign(held: witness.Witness, now: notes.Checkpoint) -> notes.Checkpoint:
    note = signing.sign(now)
    Checkpoint.objects.create(size=now.size, root=now.root, note=note, at=Now())
    log.debug("checkpoint signed", extra={"step": 3})
    held.append(note)
    log.debug("checkpoint witnessed", extra={"step": 4})
    return now


def prove(old: notes.Checkpoint | None, new: notes.Checkpoint) -> None:
    """Refuse unless the tree of `new` begins with that of `old` (RFC 6962 section 2.1.2). Raises WitnessRefused."""
    if old is None:
        return
    if old.size > new.size:
        raise _rolled_back(old.size)
    proof = tree.consistency_proof(old.size, new.size, store.hashes(new.size, [old.size - 1, old.size]))
    if not tree.verify_consistency(old.size, old.root, new.size, new.root, proof):
        raise WitnessRefused(
            f"The tree of {new.size} entries does not begin with that of {old.size} which was published: history "
            "was changed. Ask `manage.py audit verify` where, and restore the database. Nothing is signed until then."
        )


def _unfinished(
    held: witness.Witness, last: notes.Checkpoint | None, public: notes.Checkpoint | None
) -> str | None:
    """Return the one note that was signed but not witnessed. Raises WitnessRefused when more is missing."""
    seen = last.size if last else -1
    newest = list(Checkpoint.objects.order_by("-size").values_list("size", "note")[:2])
    if last and (not newest or newest[0][0] < last.size):
        raise _rolled_back(last.size)
    ahead = [note for size, note in newest if size > seen]
    if len(ahead) > 1 or (public and public.size > seen) or (held.torn and not ahead):
        raise witness.edited()
    return ahead[0] if ahead else None


def _rolled_back(size: int) -> WitnessRefused:
    return WitnessRefused(
        f"A checkpoint of {size} entries was published that the database does not know: it was rolled back. Restore "
        "its newest state. If it was begun anew on purpose, move the witness file and the published files away."
    )


def _public() -> notes.Checkpoint | None:
    """Return the checkpoint that the world sees. A file that is none of ours is written anew, with all tiles."""
    note = publishing.published()
    if note is None:
        return None
    try:
        return notes.open_checkpoint(note, signing.vkeys())
    except notes.NoteRefused:
        log.warning("the published checkpoint file was not ours: everything is published anew")
        return None


def _opened(note: str) -> notes.Checkpoint:
    """Return the checkpoint of a note that we keep. Raises LogKeyRefused, WitnessRefused."""
    try:
        return notes.open_checkpoint(note, signing.vkeys())
    except notes.NoteRefused as refused:
        named = note.split("\n", 1)[0]
        if named != signing.origin():
            raise LogKeyRefused(
                f"The last checkpoint is of the log {named[:80]!r}, but this one is called {signing.origin()!r}. "
                "Set RINGFENCE_BASE_URL back: a log keeps its name."
            ) from refused
        if "None of the keys" in str(refused):
            raise LogKeyRefused(
                "RINGFENCE_LOG_KEY is not the key that signed the last checkpoint. Set the right one; after a change "
                "of key name the old verifier key in RINGFENCE_LOG_KEY_BEFORE. Nothing is signed until then."
            ) from refused
        raise witness.edited() from refused
