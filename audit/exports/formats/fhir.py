"""A FHIR R4 Bundle of AuditEvents, for systems of care (https://hl7.org/fhir/R4/auditevent.html).

Each resource carries the log's own entry and its index as extensions, so that it can be checked without us. It says
what was disclosed to whom by kinds and pseudonyms; it holds no value and no name of a member.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from audit.exports import reading
from audit.exports.columns import Row
from audit.exports.selection import Selection
from audit.exports.target import Target
from audit.log.events import Outcome, written

EXTENSION = "https://ringfence.example/fhir/StructureDefinition/audit/"
SYSTEM = "https://ringfence.example/fhir/CodeSystem/"
ACTION = {Outcome.OUT: "R", Outcome.IN: "C"}  # read by the recipient; created here
MINOR_FAILURE, SUCCESS = "4", "0"  # AuditEvent.outcome: refused, done
PARTNER, MEMBER = "partner", "member"


def write_fhir(
    selection: Selection, target: Target, progress: Callable[[int], None], *, log: str, at: datetime
) -> None:
    """Write the bundle. `log` is the log's name, `at` the time of the export."""
    head = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": written(at),
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"https://{log}"},
    }
    target.write(_json(head)[:-1])
    between = b',"entry":['
    for row in reading.rows(selection, progress):
        target.write(between)
        target.write(_json({"fullUrl": f"urn:uuid:{row.told['id']}", "resource": resource(row, log)}))
        between = b",\n"
    target.write(b"]}\n" if selection.rows else b"}\n")


def resource(row: Row, log: str) -> dict[str, Any]:
    """Return one entry as an AuditEvent."""
    told = row.told
    outcome = told.get("outcome", "")
    given: dict[str, Any] = {
        "resourceType": "AuditEvent",
        "id": told["id"],
        "extension": [
            {"url": f"{EXTENSION}index", "valueString": str(row.index)},
            {"url": f"{EXTENSION}entry", "valueBase64Binary": b64encode(row.body).decode()},
        ],
        "type": {"system": f"{SYSTEM}kind", "code": told["kind"]},
        "recorded": told["at"],
        "outcome": MINOR_FAILURE if outcome == Outcome.BLOCKED else SUCCESS,
        "agent": _agents(told),
        "source": {"observer": {"display": log}},
    }
    if outcome in ACTION:
        given["action"] = ACTION[Outcome(outcome)]
    if reason := told["facts"].get("reason"):
        given["outcomeDesc"] = str(reason)
    if entities := _entities(told):
        given["entity"] = entities
    return given


def _agents(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    agents = [_agent(told["actor"] or "unknown", "actor", requestor=True)]
    if told["partner"]:
        agents.append(_agent(told["partner"], PARTNER, requestor=False))
    return agents


def _agent(who: str, system: str, *, requestor: bool) -> dict[str, Any]:
    return {"who": {"identifier": {"system": f"{SYSTEM}{system}", "value": who}}, "requestor": requestor}


def _entities(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    entities: list[dict[str, Any]] = []
    if told["subject"]:
        who = {"identifier": {"system": f"{SYSTEM}{MEMBER}", "value": told["subject"]}}
        entities.append({"what": who, "description": "the member, by the pseudonym of this connection"})
    types = [{"type": "data type", "valueString": one} for one in told.get("types", ())]
    if types:
        entities.append({"description": "the data types it is about", "detail": types})
    return entities


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
