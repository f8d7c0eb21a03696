"""Making an export: the file, and the event of the log that tells what left and by its SHA-256 vouches for the file."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from audit.exports import manifest, writing
from audit.exports.errors import ExportRefused
from audit.exports.writing import Progress, Written
from audit.log import services as log
from audit.log.events import Event
from audit.log.filters import Filters
from audit.proofs.errors import EntryWaits, LogKeyRefused, NoProof
from audit.proofs.notes import NoteRefused
from audit.proofs.tiles import TileRefused
from audit.proofs.tree import NotInTheTree

TOLD = 30  # pseudonyms named in an event; of more only how many, and a digest (an entry has 4 KiB, SR-8.1)
LOOK = 0.1  # seconds between two looks whether an entry is signed


def make(
    *,
    filters: Filters,
    format: str,  # noqa: A002
    path: Path,
    actor: str,
    at: datetime,
    by_day: bool = False,
    progress: Progress = lambda done, of: None,
    facts: Mapping[str, Any] | None = None,
) -> Written:
    """Write an export; its event is committed before the file has its name (no event, no export: SR-8.6).

    Raises ExportRefused.
    """

    def happened(done: Written) -> None:
        told = {**(facts or {}), **({"by_day": True} if by_day else {})}
        with transaction.atomic():
            log.append(event_of(done, filters, actor, told))

    return written(
        filters=filters, format=format, path=path, at=at, by_day=by_day, progress=progress, before=happened
    )


def written(**how: Any) -> Written:
    """Write an export as `writing.write` does, for an entry that is going to tell of it. Raises ExportRefused."""
    try:
        return writing.write(**how, event=uuid4())
    except (LogKeyRefused, NoteRefused) as refused:
        raise ExportRefused(str(refused)) from refused


def event_of(done: Written, filters: Filters, actor: str, facts: Mapping[str, Any]) -> Event:
    """Return the event that tells what left: the log's signature over it vouches for the file by its SHA-256."""
    told = filters.told()
    about: dict[str, Any] = {}
    if len(filters.subjects) > TOLD:
        told["subjects"] = len(filters.subjects)
        about["subjects_sha256"] = sha256("\n".join(filters.subjects).encode()).hexdigest()
    about |= {
        "format": done.format,
        "filters": told,
        "rows": done.rows,
        "sha256": done.sha256,
        "checkpoint": done.size,
    }
    return Event(
        kind="audit.exported", actor=actor, subject="", at=timezone.now(), facts={**facts, **about},
        event_id=done.event or uuid4(),
    )  # fmt: skip


def completed(path: Path, event: UUID, *, wait: float = 0) -> bool:
    """Put the proof of its own entry into an export's manifest; say whether it is there.

    The log signs an entry within a second, while a worker runs: `wait` that many seconds for it. Without the proof the
    manifest says how to get it, and nothing else changes.
    """
    until = monotonic() + wait
    while True:
        try:
            return manifest.complete(path, event)
        except EntryWaits:
            if monotonic() >= until:
                return False
            sleep(LOOK)
        except (NoProof, NotInTheTree, TileRefused, OSError):
            return False
