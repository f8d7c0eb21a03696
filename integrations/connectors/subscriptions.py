"""Our subscription to a partner's webhooks: asked for once, its handshake answered, its id kept.

A partner's own handshake reaches the web process before our call to subscribe returns, so the row with the verify
token is committed first (facts of Strava, section 4).
"""

import hmac
import logging
import secrets
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings

from consent.grants import clock
from consent.manifests.register import manifest_of
from consent.manifests.shapes import Channel, Direction
from integrations.connectors import registry, vault
from integrations.connectors.models import PartnerSubscription
from integrations.connectors.port import LinkRefused, PartnerTrouble
from integrations.egress import Deadline

log = logging.getLogger(__name__)
ASK_AGAIN = timedelta(minutes=1)
SECONDS_TO_SUBSCRIBE = 10.0


def ensure(*, anew: bool = False) -> int:
    """Subscribe wherever something comes in by push and no subscription stands; return how many were made or found.

    `anew` asks the partner even where we think that one stands (a worker does so once, when it starts).
    """
    return sum(_ensure(partner, anew=anew) for partner in _partners_that_push())


def callback_of(partner: str) -> str:
    return f"{settings.BASE_URL.rstrip('/')}/webhooks/{partner}/"


def handshake(partner: str, *, mode: str, token: str) -> bool:
    """Whether a handshake is the answer to our own asking (compared in constant time)."""
    row = PartnerSubscription.objects.filter(partner=partner).first()
    expected = vault.open_verify_token(row) if row else secrets.token_urlsafe(32)
    return hmac.compare_digest(expected.encode(), token.encode()) and mode == "subscribe"


def subscription_of(partner: str) -> str:
    """Return the partner's id of our subscription; empty when none stands."""
    row = PartnerSubscription.objects.filter(partner=partner).first()
    return row.subscription if row else ""


def _partners_that_push() -> list[str]:
    """Return the partners that have a connector and something coming in."""
    found = []
    for connector in registry.connectors():
        manifest = manifest_of(connector.slug)
        flows = manifest.flows if manifest else ()
        if any(flow.direction is Direction.IMPORT and flow.channel is Channel.PUSH for flow in flows):
            found.append(connector.slug)
    return found


def _ensure(partner: str, *, anew: bool) -> bool:
    at, callback = clock.now(), callback_of(partner)
    row = _row_of(partner, callback)
    stands = row.subscription and row.callback == callback
    waits = row.next_attempt_at is not None and row.next_attempt_at > at
    if (stands and not anew) or (waits and not anew):
        return False
    PartnerSubscription.objects.filter(id=row.id).update(callback=callback, next_attempt_at=at + ASK_AGAIN)
    return _subscribe(row, callback, at=at)


def _subscribe(row: PartnerSubscription, callback: str, *, at: datetime) -> bool:
    try:
        subscription = registry.connector_of(row.partner).subscribe(
            callback=callback,
            verify_token=vault.open_verify_token(row),
            deadline=Deadline.in_(SECONDS_TO_SUBSCRIBE),
        )
    except (PartnerTrouble, LinkRefused) as trouble:
        reason = getattr(trouble, "trouble", "refused")
        log.warning("subscription waits", extra={"partner": row.partner, "reason": reason})
        return False
    PartnerSubscription.objects.filter(id=row.id).update(
        subscription=subscription, next_attempt_at=None, made_at=at
    )
    return True


def _row_of(partner: str, callback: str) -> PartnerSubscription:
    row_id = uuid4()
    token = vault.seal_verify_token(row_id, secrets.token_urlsafe(32))
    defaults = {"id": row_id, "callback": callback, "verify_token": token}
    return PartnerSubscription.objects.get_or_create(partner=partner, defaults=defaults)[0]
