"""Asking for an export, making it, letting its files go. Each export is itself an event of the log."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.exports import making, selectors, writing
from audit.exports.errors import ExportRefused
from audit.exports.models import Export, State
from audit.exports.target import remove
from audit.exports.writing import Progress
from audit.log import services as log
from audit.log.filters import Filters
from audit.ports import Held

KEPT = timedelta(hours=24)  # SR-9.3
LOST = timedelta(minutes=2)  # without a sign of life: whoever wrote it is gone
BEAT = timedelta(seconds=1)
TRIES = 5  # writers that are killed at it; it may be the export that kills them
NAMED = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # a folder of an export
UNPROVED = Q(state=State.DONE, event__isnull=False, proved_at=None)


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
    fresh = {"state": State.ASKED, "asked_at": at, "trouble": "", "looked_through": 0, "tries": 0}
    return bool(Export.objects.filter(ref=ref, state=State.FAILED).update(**fresh))


def due() -> list[UUID]:
    """Return the exports that wait, or whose writer is gone, or whose manifest is to be completed, oldest first."""
    waiting = _waits(timezone.now()) | UNPROVED
    return list(Export.objects.filter(waiting).order_by("asked_at").values_list("ref", flat=True))


def _waits(now: datetime) -> Q:
    return Q(state=State.ASKED) | Q(state=State.RUNNING, beat_at__lt=now - LOST)


def run(ref: UUID) -> None:
    """Make one export, or complete the manifest of one that is made. What goes wrong stands in its row.

    Safe to run twice and beside itself. Each try claims the row and writes in a folder of its own; that it is done and
    its event are one transaction, and only for whoever has the claim. A try that lost it takes its own files away.
    """
    export = _take(ref)
    if export is None:
        prove(ref)
        return
    try:
        _make(export)
    except _ClaimLost:
        _end(export, "")
    except (ExportRefused, OSError) as refused:
        known = isinstance(refused, ExportRefused)
        _end(export, str(refused) if known else "The folder for exports cannot be written to.")
    except BaseException:
        _end(export, "It was interrupted, or something unforeseen happened. Start it again.")
        raise


class _ClaimLost(Exception):
    """This try was silent for so long that another has taken over."""


def _mine(export: Export) -> QuerySet[Export]:
    """Return the row while the claim of this try is the one in force."""
    return Export.objects.filter(ref=export.ref, claim=export.claim, state=State.RUNNING)


@transaction.atomic
def _take(ref: UUID) -> Export | None:
    """Claim an export that waits, and remove what earlier tries left: from here on they have lost it."""
    now = timezone.now()
    export = Export.objects.select_for_update().filter(_waits(now), ref=ref).first()
    if export is None:
        return None
    remove(selectors.folder_of(ref))
    if export.tries >= TRIES:
        told = f"It was begun {export.tries} times, and each time whoever wrote it was gone before the end."
        Export.objects.filter(ref=ref).update(state=State.FAILED, trouble=told, finished_at=now)
        return None
    export.state, export.claim, export.beat_at, export.tries = State.RUNNING, uuid4(), now, export.tries + 1
    export.save(update_fields=["state", "claim", "beat_at", "tries"])
    return export


def _make(export: Export) -> None:
    path = selectors.path_of(export)
    for folder in (selectors.folder_of(export.ref), path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    filters = Filters.of(export.filters)
    done = making.written(
        filters=filters, format=export.format, path=path, at=timezone.now(), progress=_beats(export)
    )
    with transaction.atomic():
        end = timezone.now()
        mine = _mine(export).update(
            state=State.DONE, rows=done.rows, sha256=done.sha256, finished_at=end, expires_at=end + KEPT,
            looked_through=done.size, size=done.size, event=done.event,
        )  # fmt: skip
        if not mine:
            raise _ClaimLost
        log.append(making.event_of(done, filters, export.actor, {}))


def _end(export: Export, trouble: str) -> None:
    """Say why this try ended, if it still has the claim, and remove its files. What was committed after all stays."""
    _mine(export).update(state=State.FAILED, trouble=trouble[:300], finished_at=timezone.now())
    if not Export.objects.filter(ref=export.ref, claim=export.claim, state=State.DONE).exists():
        remove(selectors.path_of(export).parent)


def _beats(export: Export) -> Progress:
    """Return what tells the row how far the try is, once a second at most. It raises _ClaimLost."""
    last = timezone.now()

    def tell(done: int, of: int) -> None:
        nonlocal last
        now = timezone.now()
        if now - last >= BEAT:
            last = now
            if not _mine(export).update(looked_through=done, size=of, beat_at=now):
                raise _ClaimLost

    return tell


def prove(ref: UUID) -> None:
    """Complete the manifest of an export that is made, if the log has signed its entry by now."""
    export = Export.objects.filter(UNPROVED, ref=ref).first()
    if export is None or export.event is None:
        return
    if making.completed(selectors.path_of(export), export.event):
        Export.objects.filter(ref=ref, claim=export.claim).update(proved_at=timezone.now())


def expire(*, at: datetime | None = None) -> int:
    """Delete the files whose time has run out; return of how many exports (SR-9.3). What killed tries left goes too."""
    now = at or timezone.now()
    count = _let_go(
        Export.objects.filter(state=State.DONE, expires_at__lte=now).values_list("ref", flat=True)
    )
    _tidy()
    return count


def _let_go(refs: Any) -> int:
    count = 0
    for ref in refs:
        if Export.objects.filter(ref=ref, state=State.DONE).update(state=State.EXPIRED):
            remove(selectors.folder_of(ref))
            count += 1
    return count


def _tidy() -> None:
    """Remove what lies there for exports that are over: of a try that was killed, or that woke after the end."""
    if not selectors.folder().is_dir():
        return
    lying = [each.name for each in selectors.folder().iterdir() if NAMED.fullmatch(each.name)]
    over = Q(state__in=[State.FAILED, State.EXPIRED])
    for ref in list(Export.objects.filter(over, ref__in=lying).values_list("ref", flat=True)):
        with transaction.atomic():
            if Export.objects.select_for_update().filter(over, ref=ref).first():
                remove(selectors.folder_of(ref))


class ExportFiles:
    """The files as a kind of record with a term. A hold keeps the log itself, not copies of it."""

    name = "exports"

    def drop(self, *, before: datetime, held: Held, batch: int) -> int:
        """Delete the files of at most `batch` exports that were finished before then; return of how many."""
        ended = Export.objects.filter(state=State.DONE, finished_at__lt=before).order_by("finished_at")
        return _let_go(ended.values_list("ref", flat=True)[:batch])
