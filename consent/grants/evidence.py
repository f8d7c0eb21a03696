"""What an act of consent leaves behind: one entry in the log and one signed receipt, which name each other."""

from collections.abc import Collection
from uuid import uuid4

from django.conf import settings

from audit.log import services as log
from consent.grants import events, receipts, signing
from consent.grants.holding import Held
from consent.grants.models import Receipt
from consent.grants.receipts import Change
from consent.grants.switches import On
from records.prepared import Insert

_INSERT = Insert(Receipt)


def leave(
    held: Held, change: Change, kind: str, *, touched: Collection[str], on: On, actor: str = "member"
) -> Receipt:
    """Write down one change of a held grant, in the transaction that makes it, and return the member's receipt.

    `touched` are the flows that it changed, `on` those that are on after it, with the fields that each yes covers.
    """
    grant, ref, number = held.grant, uuid4(), held.receipts + 1
    event = events.grant_changed(
        kind,
        grant=grant,
        actor=actor,
        subject=held.subject,
        receipt=ref,
        number=number,
        flows=touched,
        on=on,
        at=held.at,
    )
    log.append(event)
    document = receipts.document(
        ref=ref,
        number=number,
        change=change,
        changed=touched,
        at=held.at,
        subject=held.subject,
        notice_digest=grant.notice_id,
        notice=grant.notice.document,
        grant_ref=grant.ref,
        status=str(grant.status),
        granted_at=grant.granted_at,
        expires_at=grant.expires_at,
        history_from=grant.history_from.isoformat(),
        on=on,
        controller=settings.CONTROLLER_NAME,
    )
    receipt = Receipt(
        ref=ref,
        grant=grant,
        number=number,
        change=change,
        jws=signing.sign(document, under=held.signing_key),
        at=held.at,
        event_id=event.event_id,
    )
    _INSERT(receipt)
    return receipt
