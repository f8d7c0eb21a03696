"""Taking in: what the member's ring measured or the member brought, in one transaction with what it sets in motion."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from consent.gate import door
from consent.grants import clock
from integrations import sharing
from integrations.connectors import selectors as connections
from integrations.connectors import vault
from integrations.connectors.models import Connection, Status
from integrations.connectors.port import Notice
from integrations.deliveries.models import Delivery
from integrations.intake.models import InboundNotice
from records.admission import NewDocument
from records.members.models import Member


@transaction.atomic
def receive(
    *, member: Member, documents: Sequence[NewDocument], at: datetime | None = None
) -> list[Delivery]:
    """Save documents and queue them for whoever may have them; return the deliveries. All of it or nothing.

    Raises DocumentMalformed when one is not of its kind's shape, MembersOnly.
    """
    moment = at or clock.now()
    saved = door.admit(member_id=member.id, documents=documents, at=at)
    member.hold()  # the account after its documents, as whoever erases does
    return sharing.share(member, saved, at=moment)


def note(partner: str, notice: Notice, *, at: datetime | None = None) -> bool:
    """Write down a partner's message if it is about an account we are linked to; True when it is new.

    Nothing of an unknown account is kept, and the partner learns nothing either way.
    """
    moment = at or clock.now()
    digest = vault.account_digest(partner, notice.account)
    linked = Connection.objects.filter(partner=partner, account_digest=digest, member__isnull=False)
    if not linked.exclude(status=Status.ENDED).exists():
        return False
    _, made = InboundNotice.objects.get_or_create(
        partner=partner,
        message_id=notice.message_id[:200],
        defaults={
            "verb": notice.verb,
            "account_digest": digest,
            "reference": notice.reference[:128],
            "next_attempt_at": moment,
            "received_at": moment,
        },
    )
    return made


def flows_in(connection: Connection, on: frozenset[str]) -> frozenset[str]:
    """Return the flows that may come in through a connection: switched on, and covered by it."""
    return frozenset(
        flow for flow in on & connections.covered_flows(connection) if flow.startswith("import:")
    )
