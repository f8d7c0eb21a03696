"""`gate explain`: one flow of one member, rule by rule: what was asked, what was true, what was answered. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from consent.gate.decide import decide
from consent.gate.policy import Policy
from consent.gate.reasons import WORDS
from consent.gate.rules import RULES
from consent.gate.shapes import Request, Snapshot
from records.vocabulary.data_types import DATA_TYPES

True_ = Callable[[Request, Snapshot, Policy], Any]

QUESTIONS: Mapping[str, str] = {
    "womens_health": "Is the data type, or what it is made of, women's health?",
    "unknown_data_type": "Is there such a data type?",
    "partner_not_served": "Is the partner registered and active?",
    "flow_not_declared": "Does the partner's manifest declare this flow in this direction and channel?",
    "grant_not_live": "Is there a grant, and is it live?",
    "notice_outdated": "Was this flow on the notice that the member agreed to?",
    "partner_changed": "Is the partner still who it was when the member agreed?",
    "toggle_off": "Is the member's switch for this flow on?",
    "device_permission_off": "Does the phone's operating system allow it?",
    "region_not_served": "Is the partner offered where the member lives?",
    "membership_lapsed": "Does the member's ring and membership allow the partner API?",
    "conditions_not_met": "Does the document meet the flow's conditions?",
    "womens_health_entry": "Is the entry one that may leave?",
}


def explain(ask: Request, snapshot: Snapshot, policy: Policy, *, label: str) -> dict[str, Any]:
    """Return the decision with every rule that was asked, up to the first that objected, and the three sentences."""
    decision = decide(ask, snapshot, policy)
    steps: list[dict[str, Any]] = []
    for rule in RULES:
        name = rule.__name__
        step = {"rule": name, "asked": QUESTIONS[name]}
        if steps and steps[-1]["answer"] not in {"passes"}:
            steps.append({**step, "answer": "not asked"})
            continue
        reason = rule(ask, snapshot, policy)
        steps.append(
            {
                **step,
                "true": _TRUE[name](ask, snapshot, policy),
                "answer": reason.value if reason else "passes",
            }
        )
    words, data_type = WORDS[decision.reason], DATA_TYPES.get(ask.data_type)
    filled = words.member.format(partner=label, what=data_type.label.lower() if data_type else "data")
    return {
        "partner": ask.partner,
        "flow": ask.flow,
        "at": ask.at.isoformat(),
        "permit": decision.permit,
        "reason": decision.reason.value,
        "fields": _covered(ask, decision.mask, policy),
        "policy": decision.policy,
        "rules": steps,
        "words": {"member": filled, "partner": words.partner, "auditor": words.auditor},
    }


def _covered(ask: Request, mask: int, policy: Policy) -> list[str]:
    flow = policy.flow(ask.partner, ask.flow)
    return [path for bit, path in enumerate(sorted(flow.field_set)) if mask >> bit & 1] if flow else []


def _type(ask: Request, snapshot: Snapshot, policy: Policy) -> Any:
    known = policy.data_types.get(ask.data_type)
    return {"category": known.category.value, "made_of": list(known.made_of)} if known else None


def _flow(ask: Request, snapshot: Snapshot, policy: Policy) -> Any:
    flow = policy.flow(ask.partner, ask.flow)
    return {"channel": flow.channel.value, "fields": sorted(flow.field_set)} if flow else None


def _grant(ask: Request, snapshot: Snapshot, policy: Policy) -> Any:
    grant = snapshot.grant
    if grant is None:
        return None
    return {
        "status": grant.status.value,
        "granted_at": grant.granted_at.isoformat(),
        "expires_at": grant.expires_at.isoformat() if grant.expires_at else None,
    }


def _noticed(ask: Request, snapshot: Snapshot, policy: Policy) -> Any:
    noticed = snapshot.grant.noticed if snapshot.grant else frozenset()
    return {"on_the_notice": noticed is None or ask.flow in noticed}


_TRUE: Mapping[str, True_] = {
    "womens_health": _type,
    "unknown_data_type": lambda ask, snapshot, policy: {"known": ask.data_type in policy.data_types},
    "partner_not_served": lambda ask, snapshot, policy: {
        "registered": ask.partner in policy.manifests,
        "status": snapshot.partner_status,
    },
    "flow_not_declared": _flow,
    "grant_not_live": _grant,
    "notice_outdated": _noticed,
    "partner_changed": lambda ask, snapshot, policy: {
        "changed": snapshot.grant is not None and snapshot.grant.partner_changed
    },
    "toggle_off": lambda ask, snapshot, policy: {
        "on": snapshot.grant is not None and ask.flow in snapshot.grant.on
    },
    "device_permission_off": lambda ask, snapshot, policy: {
        "off": snapshot.grant is not None and ask.flow in snapshot.grant.device_off
    },
    "region_not_served": lambda ask, snapshot, policy: {
        "region": snapshot.member.region,
        "served": sorted(regions)
        if (regions := policy.manifests[ask.partner].regions) is not None
        else "everywhere",
    },
    "membership_lapsed": lambda ask, snapshot, policy: {
        "membership": snapshot.member.membership,
        "ring_generation": snapshot.member.ring_generation,
    },
    "conditions_not_met": lambda ask, snapshot, policy: "no document was asked about",
    "womens_health_entry": lambda ask, snapshot, policy: "no document was asked about",
}
