"""The acts of consent: allow, refuse, turn on and off, withdraw, revoke, expire.

Each is one transaction that holds the change, its signed receipt and its audit event: all or none. `at` is for tests;
otherwise the time is the database's, taken after the lock.
"""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from audit.log import services as log
from consent.grants import clock, events, partners, receipts, selectors, signing
from consent.grants.errors import (
    FlowNotInGrant,
    GrantAlreadyEnded,
    NothingTurnedOn,
    NoticeChanged,
    UnknownFlow,
    UnknownPartner,
)
from consent.grants.lifecycle import Event, Status, advance
from consent.grants.models import Grant, Notice, Receipt, Toggle
from consent.grants.receipts import Change
from consent.manifests.shapes import Manifest
from records.members.models import Member

TERM = timedelta(days=365)  # 12 months by default; renewed by asking again, never by silence


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
    UnknownFlow, NothingTurnedOn, NoticeChanged; then nothing is stored.
    """
    manifest = _checked(partner, flows, notice, among)
    Member.objects.select_for_update().get(pk=member.pk)  # two yeses at once must not make two grants
    grant = (
        Grant.objects.select_for_update().filter(member=member, partner=partner, status=Status.ACTIVE).first()
    )
    moment = at or clock.now()
    change = Change.CHANGED if grant else Change.ALLOWED
    if grant is None:
        grant = Grant(
            member=member, partner=partner, granted_at=moment, history_from=_local_day(member, moment)
        )
    grant.notice, grant.expires_at = notice, moment + TERM
    grant.history_from = history_from or grant.history_from
    grant.save()
    touched = _set_toggles(grant, manifest, flows, moment)
    return _receipt(
        grant, change, sorted(touched), "grant.given" if change is Change.ALLOWED else "grant.changed", moment
    )


@transaction.atomic
def turn_on(*, grant_ref: UUID, flow: str, at: datetime | None = None) -> Receipt:
    """Switch one flow on, for the fields that its notice shows today; pressed twice, it is one change.

    Raises GrantAlreadyEnded, FlowNotInGrant.
    """
    grant, moment = _locked_live(grant_ref, at)
    manifest = partners.manifest_today(grant.partner)
    declared = manifest.flow(flow) if manifest else None
    if declared is None:
        raise FlowNotInGrant(flow)
    notice, shown = (
        selectors.current_notice(grant.partner, locale=grant.notice.locale),
        sorted(declared.field_set),
    )
    if notice == grant.notice and grant.toggles.filter(flow=flow, on=True, fields=shown).exists():
        return grant.receipts.latest("number")
    grant.notice = notice
    grant.save(update_fields=["notice"])
    Toggle.objects.update_or_create(
        grant=grant,
        flow=flow,
        defaults={
            "on": True,
            "fields": shown,
            "purpose": declared.purpose,
            "changed_at": moment,
        },
    )
    return _receipt(grant, Change.TURNED_ON, [flow], "toggle.on", moment)


@transaction.atomic
def turn_off(*, grant_ref: UUID, flow: str, at: datetime | None = None) -> Receipt:
    """Switch one flow off; in force when this commits. Pressed twice, it is one change with one receipt.

    Raises GrantAlreadyEnded, FlowNotInGrant.
    """
    grant, moment = _locked_live(grant_ref, at)
    toggle = grant.toggles.filter(flow=flow).first()
    if toggle is None:
        raise FlowNotInGrant(flow)
    if not toggle.on:
        return grant.receipts.latest("number")
    _switch_off(toggle, moment)
    return _receipt(grant, Change.TURNED_OFF, [flow], "toggle.off", moment)


def withdraw(*, grant_ref: UUID, at: datetime | None = None) -> Receipt:
    """End the grant at the member's word; in force when this commits (GDPR Art. 7(3), RCW 19.373.040).

    Raises GrantAlreadyEnded. Nothing else has to succeed: whatever carries the old epoch is refused at use.
    """
    return _end(grant_ref, Event.WITHDRAW, Change.WITHDRAWN, actor="member", at=at)


def revoke(*, grant_ref: UUID, by: str, at: datetime | None = None) -> Receipt:
    """End the grant at the word of `by` ("partner" or "ringfence"). Raises GrantAlreadyEnded."""
    return _end(grant_ref, Event.REVOKE, Change.REVOKED, actor=by, at=at)


def expire(*, at: datetime | None = None) -> list[UUID]:
    """End the grants whose time has run out and return their refs. Safe to run as often as you like."""
    moment = at or clock.now()
    due = Grant.objects.filter(status=Status.ACTIVE, expires_at__lte=moment).values_list("ref", flat=True)
    return [ref for ref in list(due) if _expire(ref, at)]


@transaction.atomic
def _expire(grant_ref: UUID, at: datetime | None) -> bool:
    """End one grant whose time has run out, unless the member was faster: with a stop, or with a new yes."""
    grant = Grant.objects.select_for_update().get(ref=grant_ref)
    if grant.status != Status.ACTIVE or grant.expires_at > (at or clock.now()):
        return False
    _end(grant_ref, Event.EXPIRE, Change.EXPIRED, actor="ringfence", at=at)
    return True


@transaction.atomic
def _end(grant_ref: UUID, event: Event, change: Change, *, actor: str, at: datetime | None) -> Receipt:
    grant = Grant.objects.select_for_update().get(ref=grant_ref)  # a send may be deciding beside us
    status = advance(Status(grant.status), event)
    if status is None:
        raise GrantAlreadyEnded(grant_ref, grant.status)
    moment = at or clock.now()
    grant.status, grant.ended_at, grant.epoch = status, moment, grant.epoch + 1
    grant.save(update_fields=["status", "ended_at", "epoch"])
    on = [toggle.flow for toggle in grant.toggles.all() if toggle.on]
    return _receipt(grant, change, on, f"grant.{status}", moment, actor=actor)


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


def _set_toggles(grant: Grant, manifest: Manifest, flows: frozenset[str], moment: datetime) -> set[str]:
    """Make the switches say what the member said, and return those that changed."""
    before = {toggle.flow: toggle for toggle in grant.toggles.all()}
    touched = set()
    for flow in manifest.flows:
        toggle = before.get(flow.key) or Toggle.objects.create(
            grant=grant, flow=flow.key, purpose=flow.purpose, changed_at=moment
        )
        wanted, shown = flow.key in flows, sorted(flow.field_set)
        if toggle.on and not wanted:
            _switch_off(toggle, moment)
            touched.add(flow.key)
        elif wanted and (not toggle.on or toggle.fields != shown):
            toggle.on, toggle.fields, toggle.changed_at = True, shown, moment
            touched.add(flow.key)
            toggle.save()
    return touched


def _switch_off(toggle: Toggle, moment: datetime) -> None:
    toggle.on, toggle.epoch, toggle.changed_at = False, toggle.epoch + 1, moment
    toggle.save(update_fields=["on", "epoch", "changed_at"])


def _locked_live(grant_ref: UUID, at: datetime | None) -> tuple[Grant, datetime]:
    grant = Grant.objects.select_for_update(of=("self",)).select_related("notice").get(ref=grant_ref)
    if Status(grant.status) is not Status.ACTIVE:
        raise GrantAlreadyEnded(grant_ref, grant.status)
    return grant, at or clock.now()


def _receipt(
    grant: Grant, change: Change, changed: list[str], kind: str, moment: datetime, *, actor: str = "member"
) -> Receipt:
    """Write the audit event and the signed receipt of one change."""
    ref, number = uuid4(), grant.receipts.count() + 1
    subject = selectors.subject_of(grant.member_id, grant.partner)
    event = events.grant_changed(
        kind, grant=grant, actor=actor, subject=subject, receipt=ref, number=number, flows=changed, at=moment
    )
    log.append(event)
    document = receipts.document(
        ref=ref,
        number=number,
        change=change,
        changed=changed,
        at=moment,
        subject=subject,
        notice_digest=grant.notice_id,
        notice=grant.notice.document,
        grant_ref=grant.ref,
        status=str(grant.status),
        granted_at=grant.granted_at,
        expires_at=grant.expires_at,
        history_from=grant.history_from.isoformat(),
        on={toggle.flow: toggle.fields for toggle in grant.toggles.all() if toggle.on},
        controller=settings.CONTROLLER_NAME,
    )
    return Receipt.objects.create(
        ref=ref,
        grant=grant,
        number=number,
        change=change,
        document=document,
        jws=signing.sign(document),
        at=moment,
        event_id=event.event_id,
    )


def _local_day(member: Member, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(member.timezone)).date()
