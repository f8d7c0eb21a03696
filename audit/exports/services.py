"""Asking for an export, making it, letting its files go. Each export is itself an event of the log."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.exports import selectors, writing
from audit.exports.errors import ExportRefused
from audit.exports.models import Export, State
from audit.exports.target import remove
from audit.exports.writing import Progress, Written
from audit.log import services as log
from audit.log.events import Event
from audit.log.filters import Filters
from audit.ports import Held
from audit.proofs.errors import LogKeyRefused
from audit.proofs.notes import NoteRefused

KEPT = timedelta(hours=24)  # SR-9.3
LOST = timedelta(minutes=2)  # without a sign of life: whoever wrote it is gone
BEAT = timedelta(seconds=1)
TOLD = 30  # pseudonyms named in an event; of more only how many (an entry has 4 KiB, SR-8.1)


def request(
    *,
    filters: Filters,
    format: str,  # noqa: A002
    actor: str,
    at: datetime,
    asked_by: UUID | None = None,
) -> Export:
    """Ask for an export; the worker makes it. Raises ExportRefused for a format that there is not."""
    if format not in writing.FORMATS:
        raise ExportRefused(f"Choose one of {', '.join(writing.FORMATS)}.", name="format")
    export = Export(format=format, filters=filters.told(), actor=actor, asked_by=asked_by, asked_at=at)
    ending = writing.ENDINGS.get(format, format)
    export.file = f"ringfence-audit-{at:%Y%m%d-%H%M}-{str(export.ref)[:8]}.{ending}"
    export.save(force_insert=True)
    return export


def ask_again(*, ref: UUID, at: datetime) -> bool:
    """Start a failed export again; say whether there was one. Its filters and its file's name stay."""
    fresh = {"state": State.ASKED, "asked_at": at, "trouble": "", "looked_through": 0}
    return bool(Export.objects.filter(ref=ref, state=State.FAILED).update(**fresh))


def due() -> list[UUID]:
    """Return the exports that wait, or whose writer is gone, oldest first."""
    return list(
        Export.objects.filter(_waits(timezone.now())).order_by("asked_at").values_list("ref", flat=True)
    )


def _waits(now: datetime) -> Q:
    return Q(state=State.ASKED) | Q(state=State.RUNNING, beat_at__lt=now - LOST)


def run(ref: UUID) -> None:
    """Make one export. Safe to run twice and beside itself: one of them makes it. What goes wrong stands in its row."""
    now = timezone.now()
    taken = Export.objects.filter(_waits(now), ref=ref).update(state=State.RUNNING, beat_at=now)
    if not taken:
        return
    export = Export.objects.get(ref=ref)
    path = selectors.path_of(export)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        done = make(
            filters=Filters.of(export.filters), format=export.format, path=path, actor=export.actor,
            at=timezone.now(), progress=_beats(ref),
        )  # fmt: skip
    except (ExportRefused, OSError) as refused:
        trouble = (
            str(refused)
            if isinstance(refused, ExportRefused)
            else "The folder for exports cannot be written to."
        )
        _failed(ref, trouble)
        return
    except BaseException:
        _failed(ref, "It was interrupted, or something unforeseen happened. Start it again.")
        raise
    end = timezone.now()
    Export.objects.filter(ref=ref).update(
        state=State.DONE, rows=done.rows, sha256=done.sha256, finished_at=end, expires_at=end + KEPT,
        looked_through=done.size, size=done.size,
    )  # fmt: skip


def _failed(ref: UUID, trouble: str) -> None:
    Export.objects.filter(ref=ref).update(
        state=State.FAILED, trouble=trouble[:300], finished_at=timezone.now()
    )
    remove(selectors.folder_of(ref))


def _beats(ref: UUID) -> Progress:
    """Return what tells the row how far the export is, once a second at most."""
    last = timezone.now()

    def tell(done: int, of: int) -> None:
        nonlocal last
        now = timezone.now()
        if now - last >= BEAT or done == of:
            last = now
            Export.objects.filter(ref=ref).update(looked_through=done, size=of, beat_at=now)

    return tell


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
        with transaction.atomic():
            log.append(_event(done, filters, actor, at, facts or {}))

    try:
        return writing.write(
            filters=filters,
            format=format,
            path=path,
            at=at,
            by_day=by_day,
            progress=progress,
            before=happened,
        )
    except (LogKeyRefused, NoteRefused) as refused:
        raise ExportRefused(str(refused)) from refused


def _event(done: Written, filters: Filters, actor: str, at: datetime, facts: Mapping[str, Any]) -> Event:
    told = filters.told()
    if len(filters.subjects) > TOLD:
        told["subjects"] = len(filters.subjects)
    about = {
        "format": done.format,
        "filters": told,
        "rows": done.rows,
        "sha256": done.sha256,
        "checkpoint": done.size,
    }
    return Event(kind="audit.exported", actor=actor, subject="", at=at, facts={**facts, **about})


def expire(*, at: datetime | None = None) -> int:
    """Delete the files whose time has run out; return of how many exports (SR-9.3)."""
    now = at or timezone.now()
    return _let_go(Export.objects.filter(state=State.DONE, expires_at__lte=now).values_list("ref", flat=True))


def _let_go(refs: Any) -> int:
    count = 0
    for ref in refs:
        remove(selectors.folder_of(ref))
        count += Export.objects.filter(ref=ref, state=State.DONE).update(state=State.EXPIRED)
    return count


class ExportFiles:
    """The files as a kind of record with a term. A hold keeps the log itself, not copies of it."""

    name = "exports"

    def drop(self, *, before: datetime, held: Held, batch: int) -> int:
        """Delete the files of at most `batch` exports that were finished before then; return of how many."""
        ended = Export.objects.filter(state=State.DONE, finished_at__lt=before).order_by("finished_at")
        return _let_go(ended.values_list("ref", flat=True)[:batch])
