"""The paper beside an export: what was looked for, how many rows there are, and the proof that each stands in the log.

verify_ringfence.py reads it, offline. It is written last: an export with a manifest is whole.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

from audit.exports.errors import NothingSigned
from audit.exports.target import Target, part_of, put_in_place
from audit.log.events import written
from audit.proofs import notes, selectors, signing, store
from audit.proofs.multiproof import multiproof

KIND = "ringfence.export.v1"
INLINE = 1000  # hashes; more of them lie in a file of their own


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


def write(
    path: Path,
    *,
    head: Head,
    runs: Iterable[tuple[int, int]],
    filters: Mapping[str, Any],
    at: datetime,
    about: Mapping[str, Any],
) -> Path:
    """Write the manifest of the export at `path`; return where. `about` says format, file, sha256, rows."""
    proof = _encoded(multiproof(head.size, runs, store.hashes(head.size)))
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
    }
    _whole(path_of(path), [json.dumps(manifest, ensure_ascii=False, indent=1).encode() + b"\n"])
    return path_of(path)


def _encoded(proof: Iterator[bytes]) -> Iterator[str]:
    return (base64.b64encode(one).decode() for one in proof)


def _whole(path: Path, parts: Iterable[bytes]) -> None:
    target = Target(part_of(path))
    try:
        for part in parts:
            target.write(part)
        target.close()
    except BaseException:
        target.drop()
        target.path.unlink(missing_ok=True)
        raise
    put_in_place(target.path, path)
