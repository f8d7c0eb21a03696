"""What a recipient sees otherwise since documents were saved, and whether it may be told so now: webhook events.

The released form before is held against the released form after, both by the same rules and the switches of now. So a
switch or a new yes is no change of a document; a document that turned private is deleted; and what the recipient could
never see is not there, neither when it comes nor when it goes. Which codes of an entry may leave was asked when it was
let in: an entry that today's shorter list makes private was seen until now. Reached through the door, which hands in
the records.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from audit.log import services as log
from audit.log.events import Event, Outcome
from consent.gate import entries, standing, versions
from consent.gate.paging import Stored
from consent.gate.reading import Reader, Reading
from consent.gate.release import _GATE, Refusal, Release
from consent.gate.shapes import Datum, Reason
from consent.gate.standing import Standing
from consent.grants.models import Grant
from records.documents import Saved
from records.members import keys
from records.vocabulary.tags import ONE_THAT_MAY, coded, entry_may_leave

Seen = tuple[Mapping[str, Any], frozenset[str]]  # what leaves of a document, and the flows it leaves by
NOTHING: Seen = ({}, frozenset())


class Change(StrEnum):
    """What became of a document, to one recipient."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Changed:
    """One change, by references. `flows` are those by which it is seen, or was until now."""

    document_ref: UUID
    kind: str
    day: date
    change: Change
    flows: frozenset[str]


@dataclass(frozen=True, slots=True)
class Notice:
    """A change that waits to be told as `data_type`. `references` are ids of ours that belong to it."""

    changed: Changed
    data_type: str
    happened_at: datetime
    references: Mapping[str, str]


def changes(
    *,
    grant_ref: UUID,
    saved: Sequence[Saved],
    at: datetime,
    before: Callable[..., Mapping[UUID, Stored]],
    after: Callable[..., Mapping[UUID, Stored]],
) -> list[Changed]:
    """Return what the recipient of a grant sees otherwise. Called in the transaction that saved."""
    stands = standing.of(grant_ref)
    if stands is None:
        return []
    old = before(key=stands.key, saved=saved)
    new = after(key=stands.key, refs=[each.ref for each in saved if not each.removed])
    return list(_changes(stands, saved, old, new, at))


def notify(
    *, grant_ref: UUID, epoch: int, notice: Notice, at: datetime, stored: Callable[..., Stored | None]
) -> Release | Refusal:
    """Decide, now, whether a change may be told, and write the decision down. Call it with the grant's row locked.

    The release is the event's body: which of the recipient's own ids changed how and when, and no value.
    """
    stands = standing.of(grant_ref)
    if stands is None:
        raise Grant.DoesNotExist
    changed = notice.changed
    reader = _reader(stands, changed.kind, epoch, at)
    found = stored(key=stands.key, ref=changed.document_ref)
    reason, flows = _may_be_told(reader, changed, found)
    versions.keep(reader.policy, partner=reader.grant.partner, at=at)
    entry = _entry(reader, notice, reason, flows, at)
    log.append(entry)
    if reason is not Reason.PERMITTED:
        return Refusal(reason, entry.event_id)
    own = reader.outer(changed.document_ref)
    return Release(
        _GATE,
        partner=reader.grant.partner,
        data_type=" ".join(entry.types),
        kind=changed.kind,
        day=changed.day,
        fields={
            "event_type": changed.change.value,
            "data_type": notice.data_type,
            "object_id": str(own),
            "event_time": notice.happened_at.isoformat(timespec="milliseconds"),
            "user_id": str(stands.ids.pairwise(reader.grant.member_id, about="member")),
        },
        document_id=own,
        event_id=entry.event_id,
        decided_at=at,
    )


def _changes(
    stands: Standing,
    saved: Iterable[Saved],
    before: Mapping[UUID, Stored],
    after: Mapping[UUID, Stored],
    at: datetime,
) -> Iterator[Changed]:
    readers: dict[str, Reader] = {}
    for each in saved:
        if each.kind not in readers:
            readers[each.kind] = _reader(stands, each.kind, stands.grant.epoch, at)
        was, by = _seen(readers[each.kind], before.get(each.ref), let_in=True)
        now, through = _seen(readers[each.kind], after.get(each.ref))
        if was != now:
            change = Change.CREATE if not was else Change.UPDATE if now else Change.DELETE
            yield Changed(each.ref, each.kind, each.day, change, through if now else by)


def _reader(stands: Standing, kind: str, epoch: int, at: datetime) -> Reader:
    return Reader(Reading(route="", kind=kind), stands, epoch, at)


def _seen(reader: Reader, stored: Stored | None, *, let_in: bool = False) -> Seen:
    """Return what leaves of a document by the rules of now, and by which flows.

    With `let_in`, of an entry whose codes were sound when it was let in; one that no longer is stands for any other.
    """
    if stored is None or reader.reason is not None:
        return NOTHING
    if stored.day < reader.grant.history_from and not reader.kind.standing:
        return NOTHING
    body = stored.fields
    if let_in and not entry_may_leave(reader.kind, body):
        body = {**body, **coded(reader.kind, ONE_THAT_MAY)}
    (fields,) = reader.union.of([Datum(stored.kind, body, stored.origin)])
    if not fields:
        return NOTHING
    return fields, frozenset(reader.union.holding(fields, list(reader.union.covered)))


def _may_be_told(reader: Reader, changed: Changed, stored: Stored | None) -> tuple[Reason, frozenset[str]]:
    """Return whether a change may be told, and the flows by which it is seen. Of what is gone the flows alone count."""
    if reader.reason is not None:
        return reader.reason, changed.flows
    if changed.change is Change.DELETE:
        open_still = changed.flows & reader.union.covered.keys()
        return (Reason.PERMITTED, open_still) if open_still else (Reason.TOGGLE_OFF, changed.flows)
    _, flows = _seen(reader, stored)
    return (Reason.PERMITTED, flows) if flows else (Reason.NOTHING_TO_RELEASE, changed.flows)


def _entry(reader: Reader, notice: Notice, reason: Reason, flows: frozenset[str], at: datetime) -> Event:
    """Return the event of the decision: what was to be told, of which types, by which rules; no value."""
    grant, key, changed = reader.grant, reader.standing.key, notice.changed
    permit = reason is Reason.PERMITTED
    facts: dict[str, Any] = {
        **notice.references,
        "grant": str(grant.ref),
        "epoch": grant.epoch,
        "notice": grant.notice_id,
        "flows": sorted(flows),
        "kind": changed.kind,
        "change": changed.change.value,
        "document": entries.document_digest(key, changed.document_ref),
        "policy": reader.policy.digest,
        "reason": reason.value,
    }
    if manifest := reader.policy.reviewed.get(grant.partner, ""):
        facts["manifest"] = manifest
    return Event(
        kind="event.permitted" if permit else "event.refused",
        actor="ringfence",
        subject=keys.pseudonym(key, grant.partner),
        partner=grant.partner,
        types=tuple(sorted(flow.partition(":")[2] for flow in flows)),
        outcome=Outcome.NONE if permit else Outcome.BLOCKED,
        at=at,
        facts=facts,
    )
