"""Checking the whole log because somebody asked on a page: a short log at once, a long one by the worker.

At most one check is under way. A worker that died at it is noticed by its silence, and the check begins anew.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.proofs import selectors, verification
from audit.proofs.errors import SequencerStopped
from audit.web.models import Check

log = logging.getLogger(__name__)
SHORT = 20_000  # entries: less than a second
TOLD_EVERY = 2.0  # seconds
SILENT = timedelta(minutes=3)  # then whoever was at it is gone; the last counts say nothing for half a minute


def ask(actor: str) -> Check | None:
    """Check a short log here and now, and return None; leave a long one to the worker and return what it is to do.

    Raises SequencerStopped when the log's key is not known.
    """
    if selectors.head().size <= SHORT:
        verification.verify(actor=actor)
        return None
    with transaction.atomic():
        running = under_way()
        return running or Check.objects.create(
            actor=actor, asked_at=timezone.now(), size=selectors.head().size
        )


def under_way() -> Check | None:
    return Check.objects.filter(open=True).first()


def last() -> Check | None:
    """Return the check that ended last."""
    return Check.objects.filter(open=False).order_by("-ended_at").first()


def due() -> Iterator[UUID]:
    """Yield the check that waits for a worker, or whose worker fell silent."""
    yield from Check.objects.filter(_waits(timezone.now()), open=True).values_list("ref", flat=True)


def _waits(now: datetime) -> Q:
    """Nobody was at it lately. A sign of life from the future is of a clock that was set back since."""
    return Q(seen_at=None) | Q(seen_at__lt=now - SILENT) | Q(seen_at__gt=now + SILENT)


def run(ref: UUID) -> None:
    """Do the check, telling how far it is. Whoever comes while another is at it has nothing to do."""
    now = timezone.now()
    if not Check.objects.filter(_waits(now), ref=ref, open=True).update(seen_at=now):
        return
    trouble = ""
    try:
        verification.verify(_telling(ref), actor=Check.objects.values_list("actor", flat=True).get(ref=ref))
    except SequencerStopped as stopped:
        trouble = str(stopped)
    except Exception:
        log.exception("a check of the log ended early", extra={"kind": "verify"})
        trouble = "The check ended early. The server's log says why; ask for it again."
    Check.objects.filter(ref=ref).update(open=False, ended_at=timezone.now(), trouble=trouble)


def _telling(ref: UUID) -> verification.Progress:
    told = monotonic()

    def progress(done: int, size: int) -> None:
        nonlocal told
        if monotonic() - told >= TOLD_EVERY:
            told = monotonic()
            Check.objects.filter(ref=ref).update(done=done, size=size, seen_at=timezone.now())

    return progress
