"""One attempt at one event: claimed, signed, sent, and how it ended written down.

Nothing here holds a transaction while the network is open. A worker that ends at any step loses nothing: the row stays
under its lease, and the receiver knows the event's id again.
"""

import logging
from datetime import timedelta
from uuid import UUID

from consent.grants import clock
from integrations import egress
from integrations.deliveries.lifecycle import State
from integrations.egress import Call, EgressError
from integrations.events import claiming, outcomes, schedule, signing
from integrations.events.challenge import host_of, lane_of
from integrations.events.claiming import Claimed
from integrations.events.models import EventDelivery
from integrations.events.outcomes import Outcome

log = logging.getLogger(__name__)
AFTER_A_MISTAKE = timedelta(minutes=1)


def notify(ref: UUID) -> None:
    """Make one attempt at one event, if it is due. Safe to run twice, and beside itself."""
    _step(1, ref)
    try:
        claimed = claiming.claim(ref)
    except Exception:
        log.exception("claim failed", extra={"event": str(ref)})
        later = clock.now() + AFTER_A_MISTAKE
        EventDelivery.objects.filter(ref=ref, state=State.PENDING).update(next_attempt_at=later)
        return
    if claimed is None:
        return
    _step(2, ref)
    outcome = _sent(claimed)
    _step(3, ref)
    outcomes.commit(claimed, outcome)
    _step(4, ref)


def _sent(claimed: Claimed) -> Outcome:
    """Send, before the deadline or not at all, and say how it ended. The answer's body is not read."""
    event, at = claimed.event, claimed.release.decided_at
    if claimed.deadline.passed:
        return Outcome(arrived=False, maybe=False, trouble="too_slow")
    signed = signing.headers(
        claimed.body,
        event=event.ref,
        subscription=event.subscription_id,
        secrets=claimed.secrets,
        timestamp=int(at.timestamp()),
    )
    address = event.subscription.callback_url
    call = Call(
        "POST",
        address,
        template="/{callback}",
        headers={"content-type": "application/json", **signed},
        body=claimed.body,
    )
    try:
        answer = egress.send(
            call,
            hosts=host_of(address),
            deadline=claimed.deadline,
            limit=0,
            carries=[claimed.release],
            lane=lane_of(event.subscription.application_id),
        )
    except EgressError as error:
        return Outcome(arrived=False, maybe=error.may_have_arrived, trouble=error.trouble)
    if 200 <= answer.status < 300:
        return Outcome(arrived=True)
    wait = schedule.asked(answer.headers.get("retry-after"), at=at)
    trouble = f"answered_{answer.status}"
    return Outcome(arrived=False, maybe=True, trouble=trouble, after=wait, gone=answer.status == 410)


def _step(number: int, ref: UUID) -> None:
    log.info("event step", extra={"step": number, "event": str(ref)})
