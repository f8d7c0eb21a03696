"""One attempt, step by step: found, claimed, credentials ready, about to send, answered, outcome committed.

The event of the decision is committed before the bytes go; how it ended is a second event. Nothing here holds a
transaction while the network is open. A worker that ends at any step loses nothing and sends nothing twice that the
partner would take for new (P6): the row stays under its lease, and a partner knows our id for the document again.
"""

import logging
from datetime import timedelta
from uuid import UUID

from consent.grants import clock
from integrations.connectors import access, registry
from integrations.connectors.errors import NotLinked
from integrations.connectors.port import Credentials, Outcome, PartnerTrouble, Sending, TryLater
from integrations.deliveries import claiming, outcomes
from integrations.deliveries.claiming import Claimed
from integrations.deliveries.lifecycle import State
from integrations.deliveries.models import Delivery

log = logging.getLogger(__name__)
AFTER_A_MISTAKE = timedelta(minutes=1)


def deliver(ref: UUID) -> None:
    """Make one attempt at one delivery, if it is due. Safe to run twice, and beside itself."""
    _step(1, ref)
    try:
        claimed = claiming.claim(ref)
    except Exception:
        log.exception("claim failed", extra={"delivery": str(ref)})
        _let_wait(ref)
        return
    if claimed is None:
        return
    _step(2, ref)
    outcome, used = _attempt(claimed)
    outcomes.commit(claimed, outcome, used)
    _step(6, ref)


def _attempt(claimed: Claimed) -> tuple[Outcome, Credentials | None]:
    """Get credentials and send, before the deadline or not at all."""
    ref, deadline = claimed.delivery.id, claimed.deadline
    try:
        credentials = access.access(claimed.connection, deadline=deadline)
    except NotLinked as missing:
        return TryLater(missing.trouble), None
    except PartnerTrouble as trouble:
        return TryLater(trouble.trouble, after=trouble.after), None
    _step(3, ref)
    if deadline.passed:
        return TryLater("too_slow"), None
    sending = Sending(
        credentials=credentials,
        deadline=deadline,
        progress=claimed.delivery.progress,
        carrier=claimed.carrier,
    )
    _step(4, ref)
    try:
        outcome = registry.connector_of(claimed.release.partner).deliver(claimed.release, sending)
    except Exception:
        log.exception("connector failed", extra={"delivery": str(ref)})
        outcome = TryLater("connector_error", may_have_arrived=True)
    _step(5, ref)
    return outcome, credentials


def _let_wait(ref: UUID) -> None:
    """Something of ours broke before anything was claimed: look again in a while."""
    later = clock.now() + AFTER_A_MISTAKE
    Delivery.objects.filter(id=ref, state=State.PENDING).update(next_attempt_at=later, trouble="error")


def _step(number: int, ref: UUID) -> None:
    log.info("delivery step", extra={"step": number, "delivery": str(ref)})
