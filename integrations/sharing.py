"""Who should get a new document: one delivery, holding references, for each flow that carries it. Subscribers are told.

Called in the transaction that saves the document. What is queued here is decided on at the moment of leaving, not now.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction

from consent.gate import door
from consent.gate.snapshots import policy
from consent.grants import clock
from consent.grants import selectors as grants
from consent.grants.models import Grant, Toggle
from consent.manifests.register import manifest_of
from consent.manifests.shapes import Channel, Direction, Flow
from integrations.connectors import selectors as connections
from integrations.deliveries import services
from integrations.deliveries.models import Delivery
from integrations.deliveries.services import Reference
from integrations.events import services as events
from records.documents import Saved
from records.members.models import Member
from records.vocabulary.registry import kind_of


def share(member: Member, saved: Sequence[Saved], *, at: datetime) -> list[Delivery]:
    """Queue saved documents for every live yes that covers them, and return the deliveries. Subscribers get events.

    Until the partner has answered, nothing is queued for the flows that its link does not cover.
    """
    events.queue(member, saved, at=at)
    shareable = [each for each in saved if not each.removed and not policy().stays_here(each.origin)]
    if not shareable:
        return []
    queued = []
    for grant in grants.live_grants(member).select_related("member"):
        for toggle, flow in _carriable(grant):
            for document in shareable:
                if document.kind in flow.fields and _covered(document, grant):
                    about = Reference(document.ref, document.kind, document.day)
                    queued.append(
                        services.queue(grant=grant, toggle=toggle, flow=flow, document=about, at=at)
                    )
    return [delivery for delivery in queued if delivery is not None]


@transaction.atomic
def resort(member: Member, *, at: datetime | None = None) -> list[Saved]:
    """Sort a member's documents again after the vocabulary changed; return what partners may see otherwise now.

    To a subscriber, a document that turned private is deleted, in the same words as any other. It is our act and no
    news of the member's, so nothing is queued to be sent. Safe to run as often as you like.
    """
    moment = at or clock.now()
    changed = door.resort(member_id=member.id, at=moment)
    events.queue(member, changed, at=moment)
    return changed


def _covered(document: Saved, grant: Grant) -> bool:
    """Whether the yes covers the document's day. What is true now, and of no day, is covered."""
    kind = kind_of(document.kind)
    return document.day >= grant.history_from or (kind is not None and kind.standing)


def _carriable(grant: Grant) -> Iterator[tuple[Toggle, Flow]]:
    """Yield the flows of a grant that are on, pushed by us without being asked, and let through by the partner."""
    manifest = manifest_of(grant.partner)
    on = {toggle.flow: toggle for toggle in grant.toggles.all() if toggle.on}
    pushed = [flow for flow in manifest.flows if flow.key in on and _pushed(flow)] if manifest else []
    connection = connections.connection_of(grant.ref) if pushed else None
    covered = connections.covered_flows(connection) if connection else frozenset()
    yield from ((on[flow.key], flow) for flow in pushed if flow.key in covered)


def _pushed(flow: Flow) -> bool:
    return flow.direction is Direction.EXPORT and flow.channel is Channel.PUSH and not flow.on_demand
