"""The gate's door: the only way to a member's documents, out, in, and to their end.

It reads what is true, asks `decide`, writes the answer down in the same transaction, and hands out a `Release` or a
`Refusal`. Nothing else imports the record store. Functions take references and give references, a `Release` or a
`Preview`; only `export_own` gives documents, and to their owner.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from audit.log import services as log
from consent.gate import account, answering, changing, entries, filing, inputs, snapshots, standing, versions
from consent.gate.decide import decide
from consent.gate.paging import Stored as Found
from consent.gate.reading import Reader, Reading, ReleasedPage
from consent.gate.release import _GATE, Preview, Refusal, Release
from consent.gate.shapes import Datum, Decision, Reason, Request
from consent.grants import clock, partners
from consent.grants.models import Grant
from consent.manifests.shapes import Direction, Flow
from records import selectors as records
from records import services as store
from records.admission import NewDocument
from records.documents import Saved
from records.errors import DocumentMalformed
from records.members import keys, pairwise
from records.members.keyring import Key
from records.members.models import Member
from records.selectors import Stored
from records.vocabulary.registry import KINDS, kind_of


@dataclass(frozen=True, slots=True)
class Shown:
    """What one switch would have let through on one day: previews for a member's eyes, or the reason for none."""

    flow: str
    previews: tuple[Preview, ...]
    reason: Reason | None


def release(
    *,
    grant_ref: UUID,
    flow: str,
    document_ref: UUID,
    references: Mapping[str, str],
    at: datetime | None = None,
) -> Release | Refusal:
    """Decide on one document for one flow, now, and write the decision down. Call it with the grant's row locked.

    Raises nothing for what a member or partner can cause; a document that is gone is `nothing_to_release`.
    """
    grant = Grant.objects.as_decided_on().get(ref=grant_ref)
    key = keys.key_of(grant.member_id)
    stored = records.document(key=key, ref=document_ref)
    moment = at or clock.now()
    decision, noted = _decide(grant, flow, stored, moment)
    outer = pairwise.pairwise(document_ref, recipient=grant.partner, about="document")
    if decision.fields is not None and "id" in decision.fields:
        decision = _with(decision, {**decision.fields, "id": str(outer)})
    kind, day = (stored.kind, stored.day) if stored else ("", moment.date())
    event = entries.decided(
        grant=grant,
        flow=flow,
        kind=kind,
        day=day,
        document=str(document_ref),
        decision=decision,
        key=key,
        at=moment,
        references=references,
        inputs=noted,
    )
    log.append(event)
    if decision.fields is None:
        return Refusal(decision.reason, event.event_id)
    return Release(
        _GATE,
        partner=grant.partner,
        data_type=flow.partition(":")[2],
        kind=kind,
        day=day,
        fields=decision.fields,
        document_id=outer,
        event_id=event.event_id,
        decided_at=moment,
    )


@transaction.atomic(savepoint=False)
def read(*, grant_ref: UUID, epoch: int, ask: Reading, at: datetime | None = None) -> ReleasedPage | Refusal:
    """Answer one request through the API: what leaves, in order, and one entry that says so, in one transaction.

    Two statements and the entry's, however many documents there are. Raises nothing for what a partner can cause.
    """
    stands, moment = standing.of(grant_ref), at or clock.now()
    if stands is None:
        return answering.of_nobody(ask, moment)
    return answering.answer(Reader(ask, stands, epoch, moment), _stored)


# Webhook events (`changing.py`): what a recipient sees otherwise since a saving, and whether that may be told now.
changes = partial(changing.changes, before=records.before, after=records.documents_of)
notify = partial(changing.notify, stored=records.document)


def preview(*, member: Member, partner: str, flows: frozenset[str], day: date) -> tuple[Shown, ...]:
    """Return what these switches would have let through on one local day, by the same gate and the same projection.

    Shown to the member alone. It is no disclosure and leaves no entry. Flows that move only on demand show nothing.
    """
    partners.manifest_today(partner)
    policy, key = snapshots.policy(), keys.key_of(member.id)
    zone = ZoneInfo(member.timezone)
    begin = datetime.combine(day, time.min, zone)
    snapshot = snapshots.as_if_allowed(member, partner=partner, flows=flows, since=begin)
    end = begin + timedelta(days=1) - timedelta(seconds=1)
    declared = [flow for key_ in sorted(flows) if (flow := policy.flow(partner, key_)) is not None]
    shown = []
    for flow in declared:
        ask = Request(partner, flow.direction, flow.data_type, end)
        found = [] if flow.on_demand else _documents_for(flow, member, partner, key, day)
        decisions = [(stored, decide(_about(ask, stored), snapshot, policy)) for stored in found]
        previews = tuple(
            _preview(partner, flow, stored, answer) for stored, answer in decisions if answer.fields
        )
        reason = None if previews or not decisions else decisions[0][1].reason
        shown.append(Shown(flow.key, previews, reason))
    return tuple(shown)


@transaction.atomic
def admit(*, member_id: UUID, documents: Sequence[NewDocument], at: datetime | None = None) -> list[Saved]:
    """Take in what the member's own ring measured or the member brought. Sorted on the way in (SR-5.3).

    Returns references of what may be shared; what is women's health is kept for the member and causes nothing.
    """
    store.hold(owner_key=keys.key_of(member_id))
    key = keys.key_of(member_id)  # asked again: an erasure that we waited for leaves no key and no account
    return store.save(owner_key=key, documents=documents, at=at or clock.now())


@transaction.atomic
def admit_import(
    *,
    grant_ref: UUID,
    flow: str,
    document: NewDocument,
    references: Mapping[str, str],
    at: datetime | None = None,
) -> Saved | Refusal | None:
    """Take in one document that came from a partner, if the inbound gate says yes, projected onto what was agreed.

    None: admitted, but the same real event is recorded already. Locks the grant, so that a stop comes before or after.
    """
    key = keys.key_of(Grant.objects.values_list("member_id", flat=True).get(ref=grant_ref))
    store.hold(owner_key=key)  # documents before the grant, as whoever saves and then queues: no deadlock
    grant = Grant.objects.select_for_update(of=("self",)).as_decided_on().get(ref=grant_ref)
    moment = at or clock.now()
    day = moment.astimezone(ZoneInfo(grant.member.timezone)).date()
    stored = Stored(UUID(int=0), document.kind, day, document.origin, document.body)
    answer, noted = _decide(grant, flow, stored, moment)
    decision, saved = _kept_if_permitted(document, answer, key=key, today=day, at=moment)
    if answer.permit and not decision.permit:
        noted["afterwards"] = "malformed"
    event = entries.decided(
        grant=grant,
        flow=flow,
        kind=document.kind,
        day=day,
        document=f"{document.origin}|{document.external_id}",
        decision=decision,
        key=key,
        at=moment,
        references=references,
        inputs=noted,
    )
    log.append(event)
    if decision.fields is None:
        return Refusal(decision.reason, event.event_id)
    return saved[0] if saved else None


def forget(*, member_id: UUID, origin: str, external_id: str) -> list[Saved]:
    """Delete what an origin has under one of its ids; return what partners may have seen."""
    key = keys.key_of(member_id)
    ids = (external_id, external_id + filing.NEXT_DAY)
    return [gone for each in ids for gone in store.forget(owner_key=key, origin=origin, external_id=each)]


def forget_all(*, member_id: UUID, origin: str) -> list[Saved]:
    """Delete everything that came from one partner; return what partners may have seen."""
    return store.forget_all(owner_key=keys.key_of(member_id), origin=origin)


def export_own(*, member_id: UUID) -> Iterator[Stored]:
    """Yield the member's own copy of every document, women's health and free text included (GDPR Art. 20)."""
    return records.whole_documents(key=keys.key_of(member_id))


def erase(*, member_id: UUID) -> None:
    """Delete every document of the member. The key's end, which comes with it, erases what a backup holds."""
    store.erase(owner_key=keys.key_of(member_id))


def newest_day(*, member_id: UUID) -> date | None:
    """Return the last day of which anything that may be shared is recorded."""
    dated = [name for name, kind in KINDS.items() if not kind.standing]
    return records.newest_day(key=keys.key_of(member_id), kinds=dated)


@transaction.atomic
def resort(*, member_id: UUID, at: datetime | None = None) -> list[Saved]:
    """Sort a member's documents again after the vocabulary changed, before its policy is in force (SR-5.3).

    Returns what partners may see otherwise from now on. Safe to run as often as you like.
    """
    return store.resort(owner_key=keys.key_of(member_id), at=at or clock.now())


def _decide(grant: Grant, flow: str, stored: Stored | None, at: datetime) -> tuple[Decision, dict[str, Any]]:
    """Return the decision and what the rules read for it. The policy it was made by is kept."""
    direction, _, data_type = flow.partition(":")
    snapshot = snapshots.of_grant(grant)
    policy = snapshots.policy()
    ask = Request(grant.partner, Direction(direction), data_type, at)
    ask = _about(ask, stored) if stored is not None else ask
    answer = decide(ask, snapshot, policy)
    versions.keep(policy, partner=grant.partner, at=at)
    noted = inputs.written(ask, snapshot, policy, answer)
    if stored is None and answer.permit:
        noted["afterwards"] = "gone"
        answer = Decision(False, Reason.NOTHING_TO_RELEASE, answer.policy, manifest=answer.manifest)
    return answer, noted


def _stored(reader: Reader) -> Iterable[Found]:
    """Return what is stored of what a read asks for: found by the asker's own id only within the grant's member."""
    ask, key = reader.ask, reader.standing.key
    if ask.document is not None:
        found = records.document(key=key, ref=reader.inner(ask.document))
        return [found] if found is not None and found.kind == ask.kind else []
    since, until = reader.window()
    rows = records.each(key=key, kind=ask.kind, since=since, until=until, newest_first=ask.newest)
    return account.with_the_address(rows, reader.standing.email) if ask.kind == account.KIND else rows


def _about(ask: Request, stored: Found) -> Request:
    datum = Datum(stored.kind, stored.fields, stored.origin)
    return Request(ask.partner, ask.direction, ask.data_type, ask.at, ask.channel, datum)


def _documents_for(flow: Flow, member: Member, partner: str, key: Key, day: date) -> Iterable[Found]:
    """Return the day's documents that a flow would carry: ours going out, the partner's coming in."""
    found: list[Found] = []
    for kind, paths in flow.fields.items():
        rows = records.documents(key=key, kind=kind, **_on(kind, day))
        found += account.with_the_address(rows, member.email) if "email" in paths else rows
    if flow.direction is Direction.IMPORT:
        return [stored for stored in found if stored.origin == partner]
    return found


def _on(name: str, day: date) -> dict[str, date]:
    """A standing kind says what is true now and belongs to no day."""
    kind = kind_of(name)
    return {} if kind is not None and kind.standing else {"since": day, "until": day}


def _preview(partner: str, flow: Flow, stored: Found, answer: Decision) -> Preview:
    fields = answer.fields or {}
    return Preview(
        _GATE, partner=partner, data_type=flow.data_type, kind=stored.kind, day=stored.day, fields=fields
    )


def _kept_if_permitted(
    document: NewDocument, decision: Decision, *, key: Key, today: date, at: datetime
) -> tuple[Decision, list[Saved]]:
    """Keep what the gate let in. What has not the shape of its kind is nothing that can be taken in."""
    if decision.fields is None:
        return decision, []
    try:
        with transaction.atomic():
            filed = filing.filed(document, decision.fields, today=today)
            return decision, store.save(owner_key=key, documents=filed, at=at)
    except DocumentMalformed:
        return Decision(False, Reason.NOTHING_TO_RELEASE, decision.policy, manifest=decision.manifest), []


def _with(decision: Decision, fields: Mapping[str, Any]) -> Decision:
    return replace(decision, fields=fields)
