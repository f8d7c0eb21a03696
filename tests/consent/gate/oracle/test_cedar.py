"""The Cedar engine, on policies generated from the same manifests, permits exactly what the gate permits."""

import json
import os
from itertools import product

import cedarpy
import pytest

from consent.gate.decide import decide
from consent.gate.policy import Policy
from consent.gate.proof import papers, space
from consent.gate.proof.papers import Asked, Paper
from consent.gate.proof.space import Situation
from consent.gate.questions import cedar
from consent.gate.shapes import Request, Snapshot
from tests.consent.gate import generated
from tests.consent.gate.oracle.asking import cedar_request
from tests.consent.manifests.partners import ALL

pytestmark = pytest.mark.once
FULL = os.environ.get("RINGFENCE_FULL") == "1"
COUNT = 100_000 if FULL else 10_000
POLICY = Policy.of(ALL.values())
WRITTEN = cedar.policies(POLICY)
ENGINE = cedarpy.PolicySet.from_str(WRITTEN)
WORLD = cedarpy.Entities.from_json_str(json.dumps(cedar.entities()))


def disagreements(asked: list[tuple[Request, Snapshot]]) -> list[tuple[Request, Snapshot]]:
    answers = cedarpy.is_authorized_batch([cedar_request(*each) for each in asked], ENGINE, WORLD)
    assert not any(answer.diagnostics.errors for answer in answers)
    pairs = zip(asked, answers, strict=True)
    return [each for each, answer in pairs if answer.allowed is not decide(*each, POLICY).permit]


def test_the_generated_policies_are_sound_by_their_schema() -> None:
    found = cedarpy.validate_policies(WRITTEN, cedar.SCHEMA)

    assert found.validation_passed, [str(error) for error in found.errors][:3]


def test_cedar_and_the_gate_agree_on_every_generated_request() -> None:
    permits = 0
    chunk: list[tuple[Request, Snapshot]] = []
    for each in generated.many(COUNT, POLICY, seed=1120):
        permits += decide(*each, POLICY).permit
        chunk.append(each)
        if len(chunk) == 2000:
            assert disagreements(chunk) == []
            chunk = []
    assert disagreements(chunk) == []
    assert permits > COUNT / 20


def test_cedar_and_the_gate_agree_on_every_flow_in_every_grant_state() -> None:
    asked: list[tuple[Request, Snapshot]] = []
    toggles = space.SITUATIONS["toggle"] if FULL else ("with_others", "off")
    for subject in space.subjects(POLICY):
        kinds = ["", *subject.flow.fields] if subject.flow else [""]
        own = frozenset(flow.key for flow in subject.manifest.flows) if subject.manifest else frozenset()
        for grant, toggle in product(space.SITUATIONS["grant"], toggles):
            facts = space.snapshot(Situation(grant=grant, toggle=toggle), subject, own)
            asked += [(papers.request(Asked(paper=Paper(kind)), subject, POLICY), facts) for kind in kinds]
    assert len(asked) > 30_000
    for start in range(0, len(asked), 2000):
        assert disagreements(asked[start : start + 2000]) == []


def test_cedar_notices_a_policy_that_lets_one_more_flow_through() -> None:
    less = Policy.of(manifest for slug, manifest in ALL.items() if slug != "open")
    asked = [each for each in generated.many(3000, POLICY, seed=7) if each[0].partner == "open"]

    answers = cedarpy.is_authorized_batch(
        [cedar_request(*each) for each in asked], cedar.policies(less), WORLD
    )

    permitted = [decide(*each, POLICY).permit for each in asked]
    assert any(permitted)
    assert not any(answer.allowed for answer in answers)
