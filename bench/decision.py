"""G1 and G3: what a decision costs on a loaded snapshot, beside Cedar and casbin, and as members become many."""

import json
import logging
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import casbin  # type: ignore[import-untyped, unused-ignore]
import cedarpy  # type: ignore[import-untyped, unused-ignore]

from bench.goals import Goal, Work, at, best, each_call, side_by_side
from consent.gate.decide import decide, decide_loaded, load
from consent.gate.policy import Policy
from consent.gate.questions import cedar
from consent.gate.shapes import MemberFacts, Request, Snapshot
from consent.grants.facts import GrantFacts
from consent.grants.lifecycle import Status
from consent.manifests.register import manifests
from consent.manifests.shapes import Direction

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CEDARS_OWN = 11e-6  # seconds that Cedar's engine takes to evaluate, without its Python binding
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
    yield from _g1(policy)
    yield _g3(policy)


def a_snapshot(*on: str) -> Snapshot:
    grant = GrantFacts(
        status=Status.ACTIVE,
        granted_at=NOON - timedelta(days=19),
        expires_at=NOON + timedelta(days=300),
        history_from=date(2026, 11, 1),
        on=dict.fromkeys(on),
    )
    return Snapshot(MemberFacts(), grant)


def _g1(policy: Policy) -> Iterator[Goal]:
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
    calls = [partial(decide_loaded, ask, loaded, policy) for ask in asks]
    rounds = [each_call(calls, rounds=1_000) for _ in range(9)]
    p99, p50 = min(
        ((at(taken, 0.99), at(taken, 0.5)) for taken in rounds), key=lambda pair: pair[0] / pair[1]
    )
    yield Goal(
        "G1",
        f"p99 ({p99 * 1e6:.2f} us) against p50 ({p50 * 1e6:.2f} us), permits and refusals",
        p99 / p50,
        5,
        True,
    )
    yield Goal("G1", "p50 against Cedar's own evaluation, 11 us", p50 / CEDARS_OWN, 1, True)


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


def _g3(policy: Policy) -> Goal:
    """Decide for members drawn at random from few and from many, each with a grant of their own."""
    ask = Request("strava", Direction.EXPORT, "workout", NOON)
    draw = random.Random(3)  # noqa: S311 (which member is asked about next)
    many = [a_snapshot("export:workout") for _ in range(100_000)]
    few = many[:1_000]
    chosen = {len(some): [some[draw.randrange(len(some))] for _ in range(5_000)] for some in (few, many)}

    def ask_about(some: list[Snapshot]) -> None:
        for snapshot in some:
            decide(ask, snapshot, policy)

    small, large = side_by_side(
        partial(ask_about, chosen[1_000]), partial(ask_about, chosen[100_000]), times=1, rounds=7
    )
    return Goal(
        "G3", f"a decision at 100,000 members ({large / 5_000 * 1e6:.1f} us, snapshot laid out each time) against "
        "1,000", large / small, 2, True,
    )  # fmt: skip
