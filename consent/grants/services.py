"""The acts of consent: allow, refuse, turn on and off, withdraw, revoke, expire.

Each is one transaction that holds the change, its signed receipt and its audit event: all or none. `at` is for tests;
otherwise the time is the database's, taken after the lock.
"""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from audit.log import services as log
from consent.grants import clock, events, evidence, holding, partners, selectors, switches
from consent.grants.errors import (
    FlowNotInGrant,
    GrantAlreadyEnded,
    NothingTurnedOn,
    NoticeChanged,
    UnknownFlow,
    UnknownPartner,
)
from consent.grants.holding import Held
from consent.grants.lifecycle import Event, Status, advance
from consent.grants.models import Grant, Notice, Receipt
from consent.grants.receipts import Change
from consent.manifests.shapes import Manifest
from records.members.models import Member
from records.prepared import Update, together

TERM = timedelta(days=365)  # 12 months by default; renewed by asking again, never by silence
_END = Update(Grant, "status", "ended_at", "epoch")


@transaction.atomic
def serve_notice(
    *,
    member: Member,
    partner: str,
    locale: str = "en",
    among: frozenset[str] | None = None,
    at: datetime | None = None,
) -> Notice:
    """Return the notice that is put before the member, and record that it was. Raises UnknownPartner."""
    notice = selectors.current_notice(partner, locale=locale, among=among)
    subject = selectors.subject_of(member.id, partner)
    log.append(events.notice_served(subject=subject, notice=notice, at=at or clock.now()))
    return notice


@transaction.atomic
def refuse(*, member: Member, partner: str, notice: Notice, at: datetime | None = None) -> None:
    """Record a no. It costs nothing and leaves a live grant untouched."""
    subject = selectors.subject_of(member.id, partner)
    log.append(events.consent_refused(subject=subject, notice=notice, at=at or clock.now()))


@transaction.atomic
def allow(
    *,
    member: Member,
    partner: str,
    flows: frozenset[str],
    notice: Notice,
    among: frozenset[str] | None = None,
    history_from: date | None = None,
    at: datetime | None = None,
) -> Receipt:
    """Record a yes to exactly these flows of one partner; every other switch is off (GDPR Art. 7; RCW 19.373.030).

    A live grant is changed, not doubled. `among`: the flows that stood on the screen, where it did not list all.
    `history_from`: the first local day that the member chose, else the day of the first yes. Raises UnknownPartner,
    UnknownFlow, NothingTurnedOn, NoticeChanged, MembersOnly; then nothing is stored.
    """
    manifest = _checked(partner, flows, notice, among)
    member.hold()  # two yeses at once must not make two grants
    live = holding.hold_live(member, partner, at=at)
    held = live or _begun(member, partner, at=at or clock.now())
    grant = held.grant
    grant.notice, grant.expires_at = notice, held.at + TERM
    grant.history_from = history_from or grant.history_from
    grant.save()
    touched, on = switches.set_to(grant, manifest, flows, at=held.at)
    change, kind = (Change.CHANGED, "grant.changed") if live else (Change.ALLOWED, "grant.given")
    return evidence.leave(held, change, kind, touched=touched, on=on)


@transaction.atomic
def turn_on(*, grant_ref: UUID, flow: str, at: datetime | None = None) -> Receipt:
    """Switch one flow on, for the fields that its notice shows today; pressed twice, it is one change.

    Raises GrantAlreadyEnded, FlowNotInGrant, MembersOnly.
    """
    held = _live(grant_ref, at)
    grant = held.grant
    grant.member.check_is_a_members()
    manifest = partners.manifest_today(grant.partner)
    declared = manifest.flow(flow) if manifest else None
    if declared is None:
        raise FlowNotInGrant(flow)
    notice = selectors.current_notice(grant.partner, locale=grant.notice.locale)
    if notice == grant.notice and held.on.get(flow) == declared.field_set:
        return grant.receipts.latest("number")
    grant.notice = notice
    grant.save(update_fields=["notice"])
    switches.turn_on(grant, declared, at=held.at)
    on = {**held.on, flow: declared.field_set}
    return evidence.leave(held, Change.TURNED_ON, "toggle.on", touched=[flow], on=on)


@transaction.atomic
def turn_off(*, grant_ref: UUID, flow: str, at: datetime | None = None) -> Receipt:
    """Switch one flow off; in force when this commits. Pressed twice, it is one change with one receipt.

    Raises GrantAlreadyEnded, FlowNotInGrant.
    """
    held = _live(grant_ref, at)
    if flow not in held.on:
        if not held.grant.toggles.filter(flow=flow).exists():
            raise FlowNotInGrant(flow)
        return held.grant.receipts.latest("number")
    switches.turn_off(held.grant, flow, at=held.at)
    on = {other: fields for other, fields in held.on.items() if other != flow}
    return evidence.leave(held, Change.TURNED_OFF, "toggle.off", touched=[flow], on=on)


@transaction.atomic
@together()
def withdraw(*, grant_ref: UUID, at: datetime | None = None) -> Receipt:
    """End the grant at the member's word; in force when this commits (GDPR Art. 7(3), RCW 19.373.040).

    Raises GrantAlreadyEnded. Nothing else has to succeed: whatever carries the old epoch is refused at use.
    """
    return _end(holding.hold(grant_ref, at=at), Event.WITHDRAW, Change.WITHDRAWN, actor="member")


@transaction.atomic
@together()
def revoke(*, grant_ref: UUID, by: str, at: datetime | None = None) -> Receipt:
    """End the grant at the word of `by` ("partner" or "ringfence"). Raises GrantAlreadyEnded."""
    return _end(holding.hold(grant_ref, at=at), Event.REVOKE, Change.REVOKED, actor=by)


def expire(*, at: datetime | None = None) -> list[UUID]:
    """End the grants whose time has run out and return their refs. Safe to run as often as you like."""
    moment = at or clock.now()
    due = Grant.objects.filter(status=Status.ACTIVE, expires_at__lte=moment).values_list("ref", flat=True)
    return [ref for ref in list(due) if _expire(ref, at)]


@transaction.atomic
@together()
def _expire(grant_ref: UUID, at: datetime | None) -> bool:
    """End one grant whose time has run out, unless the member was faster: with a stop, or with a new yes."""
    held = holding.hold(grant_ref, at=at)
    if held.grant.status != Status.ACTIVE or held.grant.expires_at > held.at:
        return False
    _end(held, Event.EXPIRE, Change.EXPIRED, actor="ringfence")
    return True


def _end(held: Held, event: Event, change: Change, *, actor: str) -> Receipt:
    grant = held.grant
    status = advance(Status(grant.status), event)
    if status is None:
        raise GrantAlreadyEnded(grant.ref, grant.status)
    grant.status, grant.ended_at, grant.epoch = status, held.at, grant.epoch + 1
    _END(grant)
    return evidence.leave(held, change, f"grant.{status}", touched=sorted(held.on), on={}, actor=actor)


def _checked(partner: str, flows: frozenset[str], notice: Notice, among: frozenset[str] | None) -> Manifest:
    manifest = partners.manifest_today(partner)
    if manifest is None:
        raise UnknownPartner(partner)
    if unknown := flows - {flow.key for flow in manifest.flows if among is None or flow.key in among}:
        raise UnknownFlow(unknown)
    if not flows:
        raise NothingTurnedOn
    if notice.digest != selectors.current_notice(partner, locale=notice.locale, among=among).digest:
        raise NoticeChanged
    return manifest


def _begun(member: Member, partner: str, *, at: datetime) -> Held:
    """Return a grant that is only now being given, from the day it is for the member."""
    today = at.astimezone(ZoneInfo(member.timezone)).date()
    return holding.begin(Grant(member=member, partner=partner, granted_at=at, history_from=today), at=at)


def _live(grant_ref: UUID, at: datetime | None) -> Held:
    """Hold a live grant. Raises GrantAlreadyEnded."""
    held = holding.hold(grant_ref, at=at)
    if held.grant.status != Status.ACTIVE:
        raise GrantAlreadyEnded(grant_ref, held.grant.status)
    return held
