"""What the gate writes into the log for each decision: what was asked, what was true, what was answered, why.

Names of fields and keyed commitments, never a value (SR-8.1). A refusal is written where the request named it.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from audit.log import jcs
from audit.log.events import Event, Outcome
from consent.gate.shapes import Decision, Reason
from consent.grants.models import Grant
from consent.manifests.shapes import Direction
from records.members import keys
from records.members.keyring import Key


def decided(
    *,
    grant: Grant,
    flow: str,
    kind: str,
    day: date,
    document: str,
    decision: Decision,
    key: Key,
    at: datetime,
    references: Mapping[str, str],
    inputs: Mapping[str, Any],
) -> Event:
    """Return the event of one decision about one document. `references` are ids of ours that belong to it.

    `inputs` are what the rules read (`inputs.py`), so that the decision can be run again.
    """
    direction, _, data_type = flow.partition(":")
    word = "release" if direction == Direction.EXPORT else "import"
    facts: dict[str, Any] = {
        **references,
        "grant": str(grant.ref),
        "epoch": grant.epoch,
        "notice": grant.notice_id,
        "flow": flow,
        "kind": kind,
        "day": day.isoformat(),
        "document": document_digest(key, document),
        "policy": decision.policy,
        "reason": decision.reason.value,
        "inputs": inputs,
    }
    if decision.manifest:
        facts["manifest"] = decision.manifest
    if decision.fields is not None:
        facts["fields"] = sorted(set(paths_of(decision.fields)))
        facts["commitment"] = keys.commitment(key, jcs.canonical(dict(decision.fields)))
    return Event(
        kind=f"{word}.{'permitted' if decision.permit else 'refused'}",
        actor="ringfence",
        subject=keys.pseudonym(key, grant.partner),
        partner=grant.partner,
        types=(data_type,),
        outcome=_outcome(direction, permit=decision.permit),
        at=at,
        facts=facts,
    )


def answered(
    *,
    grant: Grant,
    route: str,
    types: tuple[str, ...],
    reason: Reason,
    facts: Mapping[str, Any],
    decision: Decision,
    key: Key,
    at: datetime,
    event_id: UUID,
) -> Event:
    """Return the one event of a request through the API. `facts` say what was asked for, and how much of it left.

    A request that was open and found nothing has no outcome: nothing left and nothing was held back.
    """
    outcome = (
        Outcome.BLOCKED if reason is not Reason.PERMITTED else Outcome.OUT if facts["count"] else Outcome.NONE
    )
    manifest = {"manifest": decision.manifest} if decision.manifest else {}
    return Event(
        kind="api.answered",
        actor="ringfence",
        subject=keys.pseudonym(key, grant.partner),
        partner=grant.partner,
        types=types,
        outcome=outcome,
        at=at,
        event_id=event_id,
        facts={
            **facts,
            **manifest,
            "route": route,
            "grant": str(grant.ref),
            "epoch": grant.epoch,
            "notice": grant.notice_id,
            "policy": decision.policy,
            "reason": reason.value,
        },
    )


def _outcome(direction: str, *, permit: bool) -> Outcome:
    """A release that is permitted has not arrived yet: how it ended is an event of its own."""
    if not permit:
        return Outcome.BLOCKED
    return Outcome.IN if direction == Direction.IMPORT else Outcome.NONE


def document_digest(key: Key, ref: UUID | str) -> str:
    """Return the name under which the log knows a document."""
    return keys.keyed_digest(key, "document", str(ref))[:32]


def paths_of(fields: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the paths of the released leaves, a `Sample` and a row counting as one."""
    for name, value in fields.items():
        if name == "rows" and isinstance(value, list):
            for row in value:
                yield from paths_of(row, prefix)
        elif isinstance(value, Mapping) and "items" not in value:
            yield from paths_of(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"
