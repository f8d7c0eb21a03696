"""The doorbell: where there is a broker, a message wakes a worker after the commit. The outbox row is the truth.

A message that is lost, or a broker that is down, costs time only: the sweep finds the row (SR-7.1).
"""

import logging
from uuid import UUID

from django.conf import settings
from django.db import transaction

log = logging.getLogger(__name__)


def ring(*refs: UUID, verb: str = "deliver") -> None:
    """Wake a worker for these, once the caller's transaction has committed. `verb` is what is to be done (work.py)."""
    if settings.BROKER_URL and refs:
        transaction.on_commit(lambda: _ring(refs, verb), robust=True)


def _ring(refs: tuple[UUID, ...], verb: str) -> None:
    from celery import current_app as app

    try:
        for ref in refs:
            task, told = ("deliver_one", []) if verb == "deliver" else ("run_job", [verb])
            app.send_task(f"integrations.tasks.{task}", [*told, str(ref)], retry=False)
    except Exception as error:
        log.warning("the doorbell is silent", extra={"reason": type(error).__name__, "count": len(refs)})
