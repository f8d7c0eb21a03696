"""A receipt as an HL7 FHIR R4 Consent resource (https://hl7.org/fhir/R4/consent.html). Pure.

The base is deny; each flow is one nested provision, permit when it is on. The flow's key and its fields stand in
codings of our own, so that the resource, parsed alone, yields the same table of flows as the receipt's other forms.
"""

from collections.abc import Mapping
from typing import Any

FLOW_SYSTEM = "urn:ringfence:flow"
FIELD_SYSTEM = "urn:ringfence:field"
PURPOSE_SYSTEM = "urn:ringfence:purpose"
SUBJECT_SYSTEM = "urn:ringfence:pseudonym"
TERMS = "http://terminology.hl7.org/CodeSystem"
ACTION = {"export": "disclose", "import": "collect"}


def resource(receipt: Mapping[str, Any]) -> dict[str, Any]:
    """Return the Consent resource of one receipt document. The patient is a pseudonym, never a name."""
    meta, consent, event = receipt["record_metadata"], receipt["consent"], receipt["event"]
    controller, recipient = _party(receipt, "controller"), _party(receipt, "recipient")
    return {
        "resourceType": "Consent",
        "id": meta["record_id"],
        "status": "active" if event["status"] == "active" else "inactive",
        "scope": _concept(f"{TERMS}/consentscope", "patient-privacy"),
        "category": [_concept("http://loinc.org", "59284-0")],
        "patient": {"identifier": {"system": SUBJECT_SYSTEM, "value": meta["pii_principal_id"]}},
        "dateTime": event["at"],
        "organization": [{"display": controller["name"]}],
        "policyRule": {
            "text": f"What is not permitted below is denied. Notice {receipt['notice']['digest']}."
        },
        "provision": {
            "type": "deny",
            "period": {"start": consent["given_at"], "end": consent["expires_at"]},
            "provision": [_provision(flow, recipient) for flow in receipt["flows"]],
        },
    }


def flows_of(consent: Mapping[str, Any]) -> dict[str, tuple[bool, tuple[str, ...]]]:
    """Return the table of flows that a resource holds: flow, whether it is on, and its fields."""
    return {
        row["code"][0]["coding"][0]["code"]: (
            row["type"] == "permit",
            tuple(c["code"] for c in row.get("class", [])),
        )
        for row in consent["provision"]["provision"]
    }


def _provision(flow: Mapping[str, Any], recipient: Mapping[str, Any]) -> dict[str, Any]:
    direction = flow["flow"].partition(":")[0]
    provision: dict[str, Any] = {
        "type": "permit" if flow["on"] else "deny",
        "actor": [
            {
                "role": _concept(f"{TERMS}/v3-ParticipationType", "IRCP"),
                "reference": {"display": recipient["name"]},
            }
        ],
        "action": [_concept(f"{TERMS}/consentaction", ACTION[direction])],
        "purpose": [{"system": PURPOSE_SYSTEM, "code": flow["purpose"]}],
        "code": [{"coding": [{"system": FLOW_SYSTEM, "code": flow["flow"]}], "text": flow["name"]}],
    }
    if flow["fields"]:  # FHIR knows no empty array
        provision["class"] = [{"system": FIELD_SYSTEM, "code": field} for field in flow["fields"]]
    return provision


def _party(receipt: Mapping[str, Any], role: str) -> Mapping[str, Any]:
    return next(party for party in receipt["parties"] if party["role"] == role)


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}
