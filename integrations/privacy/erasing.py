"""Erasing a member: sharing stops, partners are told, every row of theirs goes, and with their key all that is sealed.

The log keeps its entries, its tree and its proofs: they hold pseudonyms that stand for nobody from now on (SR-8.3).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from audit.log import services as log
from audit.log.events import Event
from audit.oversight import holds
from consent.gate import door
from consent.grants import clock, services
from consent.grants import selectors as grants
from consent.grants.letting_go import letting_go
from consent.grants.models import Grant
from integrations.connectors.models import Connection
from integrations.deliveries import ending, record
from integrations.deliveries import services as deliveries
from integrations.deliveries.lifecycle import FINAL, State
from integrations.deliveries.lifecycle import Event as DeliveryEvent
from integrations.deliveries.models import Delivery
from integrations.events import stopping as events
from integrations.intake.models import InboundNotice
from integrations.privacy import copies, stopping, traces
from integrations.privacy.errors import Held, NotAMember
from integrations.privacy.models import OwnCopy
from records.members import keys
from records.members.models import Member, MemberKey, Role

ERASED = "member.erased"
GRANT_ERASED = "grant.erased"


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was done: how many grants went, how many partners are still to be told, and the entry that says so."""

    grants: int
    partners_to_tell: int
    event_id: UUID


def erase(
    *, member_id: UUID, actor: str, ticket: str = "", operator: str = "", at: datetime | None = None
) -> Erasure:
    """Erase a member at their word, or an operator's with a ticket (GDPR Art. 17, RCW 19.373.040).

    Sharing ends first and by itself, so that sends under way are waited for; then all goes in one transaction, or
    nothing. Raises Member.DoesNotExist, NotAMember, Held. Run again after a failure it goes on where it stopped.
    """
    member = Member.objects.get(id=member_id)
    if member.role != Role.MEMBER:
        raise NotAMember
    stopping.settle(_withdraw_all(member, at=None))
    if _held(member):
        raise Held
    sessions, addresses = traces.sessions_of(member), traces.addresses_of(member)
    made = list(OwnCopy.objects.filter(member=member).values_list("ref", flat=True))
    told = {name: value[:64] for name, value in {"ticket": ticket, "operator": operator}.items() if value}
    erasure = _erase(member, sessions=sessions, actor=actor, told=told, at=at)
    traces.forget_mail(addresses)
    copies.forget_files(made)
    traces.forget_the_journal()
    return erasure


def _withdraw_all(member: Member, *, at: datetime | None) -> list[UUID]:
    return stopping.end_all(member, lambda ref: services.withdraw(grant_ref=ref, at=at))


def _held(member: Member) -> bool:
    """Whether a legal hold covers the member or a grant of theirs."""
    standing = holds.held()
    partners = set(Grant.objects.filter(member=member).values_list("partner", flat=True))
    named = grants.subjects_of(member, partners)
    return any(standing.covers(subject, partner) for subject, partner in named.items())


@transaction.atomic
def _erase(
    member: Member, *, sessions: list[str], actor: str, told: dict[str, str], at: datetime | None
) -> Erasure:
    """Documents first, as everybody who also locks a grant does; the key last, for the entries are written with it."""
    door.erase(member_id=member.id)
    Member.objects.select_for_update().get(id=member.id)  # no new yes from here on
    if _held(member):  # placed while sharing was being stopped
        raise Held
    _withdraw_all(member, at=at)
    moment = at or clock.now()
    _end_deliveries(member, at=moment)
    events.end_all_of(member, at=moment)
    parted = _part_from_partners(member)
    gone = _record_grants(member, actor=actor, at=moment)
    event = Event(
        kind=ERASED,
        actor=actor,
        subject=keys.pseudonym(keys.key_of(member.id), ""),
        at=moment,
        facts={**told, "grants": gone, "partners_to_tell": parted},
    )
    log.append(event)
    _delete_account(member, sessions)
    return Erasure(grants=gone, partners_to_tell=parted, event_id=event.event_id)


def _end_deliveries(member: Member, *, at: datetime) -> None:
    """What waits is cancelled. What a worker still holds may have arrived: nobody will be there to write it down."""
    open_still = Delivery.objects.select_for_update(of=("self",)).filter(grant__member=member)
    for delivery in open_still.exclude(state__in=FINAL):
        if delivery.state == State.SENDING:
            record.happened("delivery.may_have_arrived", delivery, at=at, reason="member_erased")
        else:
            deliveries.close(delivery, DeliveryEvent.CANCEL, at=at, reason="member_erased")


def _part_from_partners(member: Member) -> int:
    """Keep of each link what saying goodbye takes, without the member; return how many are still to be told."""
    links = list(Connection.objects.filter(member=member))
    for link in links:
        _forget_messages(link)
        ending.part_from_member(link.id)
    return Connection.objects.filter(id__in=[link.id for link in links]).count()


def _forget_messages(link: Connection) -> None:
    """What the partner told of this account goes, unless another member is linked to the same account."""
    same = Connection.objects.filter(partner=link.partner, account_digest=link.account_digest)
    shared = same.exclude(member=link.member).filter(member__isnull=False).exists()
    if link.account_digest and not shared:
        InboundNotice.objects.filter(partner=link.partner, account_digest=link.account_digest).delete()


def _record_grants(member: Member, *, actor: str, at: datetime) -> int:
    """One entry a grant, so that reconciling knows why the log tells of rows that no table has.

    The grants are locked until they are gone: a request that still holds one is answered before, not beside that.
    """
    held = Grant.objects.select_for_update(of=("self",)).filter(member=member)
    found = list(held.order_by("granted_at", "ref"))
    for grant in found:
        log.append(
            Event(
                kind=GRANT_ERASED,
                actor=actor,
                subject=grants.subject_of(member.id, grant.partner),
                partner=grant.partner,
                at=at,
                facts={"grant": str(grant.ref), "deliveries": grant.deliveries.count()},
            )
        )
    return len(found)


def _delete_account(member: Member, sessions: list[str]) -> None:
    """The key, then all that hangs on the account: grants, toggles, receipts, deliveries, addresses, second steps."""
    traces.forget_tries(member)
    traces.sign_out(member, sessions)
    MemberKey.objects.filter(member_id=member.id).delete()
    with letting_go():
        member.delete()
