"""G1: what a decision costs on a loaded snapshot, beside Cedar and casbin. Its tail is in `tail.py`."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import casbin  # type: ignore[import-untyped, unused-ignore]
import cedarpy  # type: ignore[import-untyped, unused-ignore]

from bench.goals import Goal, Work, best
from consent.gate.decide import decide_loaded, load
from consent.gate.policy import Policy
from consent.gate.questions import cedar
from consent.gate.shapes import MemberFacts, Request, Snapshot
from consent.grants.facts import GrantFacts
from consent.grants.lifecycle import Status
from consent.manifests.register import manifests
from consent.manifests.shapes import Direction

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MODEL = """
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.sub == p.sub && r.obj == p.obj && r.act == p.act
"""


def goals() -> Iterator[Goal]:
    policy = Policy.of(manifests())
    yield from _beside_the_peers(policy)


def a_snapshot(*on: str) -> Snapshot:
    grant = GrantFacts(
        status=Status.ACTIVE,
        granted_at=NOON - timedelta(days=19),
        expires_at=NOON + timedelta(days=300),
        history_from=date(2026, 11, 1),
        on=dict.fromkeys(on),
    )
    return Snapshot(MemberFacts(), grant)


def _beside_the_peers(policy: Policy) -> Iterator[Goal]:
    loaded = load("strava", a_snapshot("export:workout", "export:sticker"), policy)
    types = ["workout", "sticker", "readiness_score", "activity_score", "sleep", "period"]
    asks = [Request("strava", Direction.EXPORT, each, NOON) for each in types]
    ours = partial(decide_loaded, asks[0], loaded, policy)
    if not ours().permit or decide_loaded(asks[2], loaded, policy).permit:
        raise RuntimeError("The bench measures the wrong thing.")
    mine = best(ours, times=20_000)
    peer = min(best(call, times=300) for call in _cedar_calls())
    other = best(_casbin_call(policy), times=200)
    yield Goal(
        "G1", f"a decision ({mine * 1e6:.2f} us) against Cedar's best single call through its Python binding "
        f"({peer * 1e6:.1f} us; most of that is the binding)", peer / mine, 50,
    )  # fmt: skip
    yield Goal(
        "G1",
        f"casbin, for comparison ({other * 1e6:.0f} us, without grants, time or reasons)",
        other / mine,
        1,
    )


def _cedar_calls() -> Iterator[Work]:
    """Cedar at its best: policies and entities parsed before, one small policy set, with and without a schema."""
    policy = Policy.of(each for each in manifests() if each.slug == "strava")
    parsed = cedarpy.PolicySet.from_str(cedar.policies(policy))
    entities = cedarpy.Entities.from_json_str(json.dumps(cedar.entities()))
    grant = {
        "status": "active",
        "granted_at": 1,
        "changed": False,
        "on": ["export:workout"],
        "device_off": [],
    }
    asked = {
        "principal": 'Partner::"strava"',
        "action": 'Action::"export"',
        "resource": 'DataType::"workout"',
        "context": {
            "at": 2, "today": 1, "flow": "export:workout", "partner_status": "active", "grant": grant,
            "member": {"region": "US", "ring_generation": 4, "membership": "active"},
        },
    }  # fmt: skip
    call = partial(cedarpy.is_authorized, asked, parsed, entities)
    if not call().allowed:
        raise RuntimeError("Cedar says no to what the gate permits: the bench measures the wrong thing.")
    yield call
    yield partial(cedarpy.is_authorized, asked, parsed, [])


def _casbin_call(policy: Policy) -> Work:
    logging.getLogger("casbin").setLevel(logging.ERROR)
    model = casbin.Model()
    model.load_model_from_text(MODEL)
    enforcer: Any = casbin.Enforcer(model)
    for slug, manifest in policy.manifests.items():
        for flow in manifest.flows:
            enforcer.add_policy(slug, flow.data_type, flow.direction.value)
    return partial(enforcer.enforce, "strava", "workout", "export")
