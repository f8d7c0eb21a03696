"""Answering one read: the releases that leave, and the one entry that says what was asked and what left."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from audit.log import services as log
from audit.log.events import Event, Outcome
from consent.gate import entries, versions
from consent.gate.paging import Kept, Stored
from consent.gate.reading import Reader, Reading, ReleasedPage, canonical
from consent.gate.release import _GATE, Refusal, Release
from consent.gate.shapes import Decision, Reason
from records.members import keys


def answer(reader: Reader, stored: Callable[[Reader], Iterable[Stored]]) -> ReleasedPage | Refusal:
    """Return the page that leaves or why nothing does, and append its entry. Inside the read's transaction."""
    event_id = uuid4()
    versions.keep(reader.policy, partner=reader.grant.partner, at=reader.at)
    kept, after = ([], None) if reader.reason else reader.page(stored(reader))
    ids = [reader.outer(each.ref) for each in kept]
    fields = [reader.named(each, own) for each, own in zip(kept, ids, strict=True)]
    types = reader.types()
    releases = tuple(
        Release(
            _GATE,
            partner=reader.grant.partner,
            data_type=" ".join(types),
            kind=reader.ask.kind,
            day=each.day,
            fields=named,
            document_id=own,
            event_id=event_id,
            decided_at=reader.at,
        )
        for each, own, named in zip(kept, ids, fields, strict=True)
    )
    reason = reader.reason or Reason.PERMITTED
    log.append(
        entries.answered(
            grant=reader.grant,
            route=reader.ask.route,
            types=types,
            reason=reason,
            facts={**_numbered(reader), **_asked(reader), **_left(reader, kept, fields)},
            decision=_decision(reader, reason),
            key=reader.standing.key,
            at=reader.at,
            event_id=event_id,
        )
    )
    if reader.reason is not None:
        return Refusal(reader.reason, event_id)
    return ReleasedPage(releases, after, event_id)


def of_nobody(ask: Reading, at: datetime) -> Refusal:
    """Refuse a read of a grant that is not there any more: its member was erased a moment ago."""
    event = Event(
        kind="api.answered",
        actor="ringfence",
        subject="",
        outcome=Outcome.BLOCKED,
        at=at,
        facts={"route": ask.route, "reason": Reason.NO_GRANT.value},
    )
    log.append(event)
    return Refusal(Reason.NO_GRANT, event.event_id)


def _numbered(reader: Reader) -> dict[str, int]:
    """Return which of the grant's answers this is: what was answered without an entry leaves a gap."""
    return {"number": reader.ask.number} if reader.ask.number else {}


def _asked(reader: Reader) -> dict[str, Any]:
    """Return what was asked for: one document, the newest row, or days."""
    ask = reader.ask
    if ask.document is not None:
        digest = entries.document_digest(reader.standing.key, reader.inner(ask.document))
        return {"document": digest}
    if ask.newest:
        return {"newest": True}
    since, until = (ask.begin, ask.end) if reader.kind.series else (ask.since, ask.until)
    if reader.kind.standing or since is None or until is None:
        return {}
    return {"since": since.isoformat(), "until": until.isoformat()}


def _left(reader: Reader, kept: list[Kept], fields: list[dict[str, Any]]) -> dict[str, Any]:
    """Return how much left, of which fields, and a keyed commitment to it; never a value (SR-8.1)."""
    if not kept:
        return {"count": 0}
    rows = [row for each in fields for row in each["rows"]] if reader.kind.series else fields
    return {
        "count": len(rows),
        "flows": sorted(reader.released),
        "fields": sorted({name for row in rows for name in row}),
        "commitment": keys.commitment(reader.standing.key, canonical(rows)),
    }


def _decision(reader: Reader, reason: Reason) -> Decision:
    manifest = reader.policy.reviewed.get(reader.grant.partner, "")
    return Decision(reason is Reason.PERMITTED, reason, reader.policy.digest, manifest=manifest)
