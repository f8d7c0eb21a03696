"""The gate and a second gate, written from the design alone, give the same answer and release the same."""

import os
from collections import Counter

import pytest

from consent.gate.decide import decide
from consent.gate.policy import Policy
from consent.gate.proof import papers, space
from consent.gate.proof.papers import Asked, Paper
from consent.gate.proof.space import Situation
from consent.gate.shapes import Reason
from tests.consent.gate import generated
from tests.consent.gate.oracle import reference
from tests.consent.manifests.partners import ALL

pytestmark = pytest.mark.once
FULL = os.environ.get("RINGFENCE_FULL") == "1"
COUNT = 100_000 if FULL else 10_000
POLICY = Policy.of(ALL.values())


def test_every_generated_request_has_the_answer_of_the_reference() -> None:
    met: Counter[str] = Counter()
    for ask, snapshot in generated.many(COUNT, POLICY):
        reason, released = reference.answer(ask, snapshot, ALL)

        decision = decide(ask, snapshot, POLICY)

        met[reason] += 1
        assert (decision.reason.value, decision.fields) == (reason, released), (ask, snapshot)
    assert set(met) == {reason.value for reason in Reason} - {"error"}  # the draw reaches every reason
    assert met["permitted"] > COUNT / 20


def test_every_flow_of_the_space_has_the_answer_of_the_reference_in_every_grant_state() -> None:
    others = space.all_keys(POLICY)
    for subject in space.subjects(POLICY):
        kinds = ["", *(subject.flow.fields if subject.flow else ["workout"])]
        for state in space.SITUATIONS["grant"]:
            for toggle in space.SITUATIONS["toggle"]:
                facts = space.snapshot(Situation(grant=state, toggle=toggle), subject, others)
                for kind in kinds:
                    ask = papers.request(Asked(paper=Paper(kind)), subject, POLICY)
                    reason, released = reference.answer(ask, facts, ALL)
                    decision = decide(ask, facts, POLICY)
                    assert (decision.reason.value, decision.fields) == (reason, released), (subject, state)
