"""The paper beside an export: what was looked for, how many rows there are, and the proof that each stands in the log.

verify_ringfence.py reads it, offline. It is there before the file has its name, so no file stands without its own.

An export is an event of the log, whose entry tells the file's SHA-256, rows and filters. That entry gets its signed
place in the tree a moment after the file has its name; then its proof comes into the manifest (`complete`). Until then
the manifest says which entry it is and how to ask for its proof.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any
from uuid import UUID

from audit.exports.errors import NothingSigned
from audit.exports.target import Target, held, replace, trying
from audit.log.events import written
from audit.proofs import notes, proving, selectors, signing, store
from audit.proofs.multiproof import multiproof

KIND = "ringfence.export.v1"
INLINE = 1000  # hashes; more of them lie in a file of their own
OFTEN = 1 << 14  # hashes after which whoever waits hears that more are coming


@dataclass(frozen=True, slots=True)
class Head:
    """The checkpoint an export leans on: its note, the key that signed it, what it says."""

    note: str
    vkey: str
    origin: str
    size: int
    root: bytes

    @classmethod
    def latest(cls) -> "Head":
        """Return the newest checkpoint. Raises NothingSigned, LogKeyRefused."""
        checkpoint = selectors.latest()
        if checkpoint is None:
            raise NothingSigned
        for vkey in signing.vkeys():
            try:
                opened = notes.open_checkpoint(checkpoint.note, [vkey])
            except notes.NoteRefused:
                continue
            return cls(checkpoint.note, vkey, opened.origin, opened.size, opened.root)
        raise notes.NoteRefused("None of the log's known keys has signed its newest checkpoint.")


def path_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.manifest.json")


def proof_path_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.proof")


def beside(path: Path) -> tuple[str, ...]:
    """Return the names of what belongs beside the export at `path`. Only a long proof is a file of its own."""
    return proof_path_of(path).name, path_of(path).name


def write(
    path: Path,
    *,
    head: Head,
    runs: Iterable[tuple[int, int]],
    filters: Mapping[str, Any],
    at: datetime,
    about: Mapping[str, Any],
    event: UUID | None = None,
    beat: Callable[[], None] = lambda: None,
) -> None:
    """Write the manifest of the export at `path`, both in a folder where nobody looks yet.

    `about` says format, file, sha256, rows; `event` is the entry that is going to tell of it. A proof of millions of
    hashes takes minutes: `beat` is called now and then.
    """
    proof = _encoded(multiproof(head.size, runs, store.hashes(head.size)), beat)
    first = list(islice(proof, INLINE + 1))
    if len(first) > INLINE:
        given: dict[str, Any] = {"proof_file": proof_path_of(path).name}
        _whole(proof_path_of(path), (f"{one}\n".encode() for one in chain(first, proof)))
    else:
        given = {"proof": first}
    manifest = {
        "kind": KIND,
        **about,
        "filters": dict(filters),
        "made_at": written(at),
        "checkpoint": head.note,
        "key": head.vkey,
        **given,
        **(_not_yet(event) if event else {}),
    }
    _whole(path_of(path), [_told(manifest)])


def _not_yet(event: UUID) -> dict[str, Any]:
    return {"event": str(event), "event_proof": None, "ask_for": f"manage.py audit prove --event {event}"}


def complete(path: Path, event: UUID) -> bool:
    """Put the proof of its own entry into the manifest of the export at `path`; say whether it is that export's.

    Raises EntryWaits while no checkpoint covers the entry, and OSError; the manifest then stays as it is.
    """
    proof, place = proving.inclusion(event), path_of(path)
    with trying(place) as parts, held(path.parent):
        manifest = json.loads(place.read_bytes())
        if manifest.get("event") != str(event):
            return False  # another export has this name by now
        manifest["event_proof"] = proof
        manifest.pop("ask_for", None)
        _whole(parts / place.name, [_told(manifest)])
        replace(parts / place.name, place)
    return True


def _told(manifest: Mapping[str, Any]) -> bytes:
    return json.dumps(manifest, ensure_ascii=False, indent=1).encode() + b"\n"


def _encoded(proof: Iterator[bytes], beat: Callable[[], None]) -> Iterator[str]:
    for number, one in enumerate(proof, 1):
        if number % OFTEN == 0:
            beat()
        yield base64.b64encode(one).decode()


def _whole(path: Path, parts: Iterable[bytes]) -> None:
    target = Target(path)
    try:
        for part in parts:
            target.write(part)
        target.close()
    finally:
        target.drop()
