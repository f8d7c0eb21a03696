"""What is proved of a point holds of every real request it stands for; the axes left out of the walk are not read."""

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from consent.gate.decide import decide
from consent.gate.policy import Policy
from consent.gate.proof import papers, space
from consent.gate.proof.papers import Asked, Paper
from consent.gate.proof.space import Situation
from tests.consent.gate import generated
from tests.consent.gate.abstraction import point_of
from tests.consent.manifests.partners import ALL

pytestmark = pytest.mark.once
POLICY = Policy.of(ALL.values())
OTHERS = space.all_keys(POLICY)
DECLARED = [subject for subject in space.subjects(POLICY) if subject.flow]


@settings(max_examples=2000, deadline=None)
@example(7428)  # the newest of heart rates that tell no time
@given(st.integers(0, 2**32))
def test_any_real_request_has_the_answer_of_its_point(seed) -> None:
    ask, snapshot = generated.asked(random.Random(seed), POLICY)

    case = point_of(ask, snapshot, POLICY)
    there = papers.request(case.asked, case.subject, POLICY)
    facts = space.snapshot(case.situation, case.subject, OTHERS)

    real, proved = decide(ask, snapshot, POLICY), decide(there, facts, POLICY)
    assert (real.permit, real.reason) == (proved.permit, proved.reason), case.plain()


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_every_point_that_is_met_is_one_that_is_walked(seed) -> None:
    ask, snapshot = generated.asked(random.Random(seed), POLICY)

    case = point_of(ask, snapshot, POLICY)

    assert case.situation in WALKED
    assert case.subject in SUBJECTS


WALKED = frozenset(space.situations(space.SITUATIONS))
SUBJECTS = list(space.subjects(POLICY))


@pytest.mark.parametrize("subject", DECLARED, ids=lambda subject: f"{subject.partner}-{subject.key}")
def test_an_axis_that_the_walk_leaves_out_for_a_flow_is_not_read_for_it(subject) -> None:
    flow = subject.flow
    facts = space.snapshot(Situation(), subject, OTHERS)
    for kind in flow.fields:
        plain = decide(papers.request(Asked(paper=Paper(kind)), subject, POLICY), facts, POLICY)
        walked = {paper for paper in papers.papers(subject, POLICY) if paper.kind == kind}
        for axis, values in papers.ABOVE.items():
            for value in values:
                paper = Paper(kind)._replace(**{axis: value})
                if axis in {"filled", "entry"} or paper in walked:
                    continue
                answer = decide(papers.request(Asked(paper=paper), subject, POLICY), facts, POLICY)
                assert (answer.permit, answer.reason) == (plain.permit, plain.reason), paper


@pytest.mark.parametrize("axis", ["terms", "device", "region", "member"])
def test_what_is_undeclared_is_refused_whatever_the_axes_left_out_say(axis) -> None:
    for subject in SUBJECTS:
        if subject.flow is None:
            ask = papers.request(Asked(), subject, POLICY)
            found = {
                decide(ask, space.snapshot(Situation(**{axis: value}), subject, OTHERS), POLICY).reason
                for value in space.SITUATIONS[axis]
            }
            assert len(found) == 1
