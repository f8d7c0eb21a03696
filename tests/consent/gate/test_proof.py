"""The proof walks the whole space; what it says is worth what it catches, so faulty gates are put before it."""

import json
import os
from collections import Counter

import pytest

from consent.gate.decide import decide
from consent.gate.policy import Policy
from consent.gate.proof import space
from consent.gate.proof.certificate import Proof
from consent.gate.proof.invariants import INVARIANTS, without_words
from consent.gate.proof.prove import prove
from consent.gate.proof.space import Situation
from consent.gate.proof.walking import Walk
from consent.gate.reasons import WORDS
from consent.gate.shapes import Decision, Reason
from tests.consent.gate.planted import PLANTED
from tests.consent.manifests.partners import ALL

pytestmark = pytest.mark.once
FULL = os.environ.get("RINGFENCE_FULL") == "1"
POLICY = Policy.of(ALL.values())
FEW = Policy.of(ALL[slug] for slug in ("strava", "stelo", "alexa", "open"))


def test_the_whole_space_is_walked_and_nothing_breaks(tmp_path) -> None:
    said: list[str] = []

    proof = prove(POLICY, out=said.append, certificate=tmp_path / "gate.json", thinned=not FULL)

    written = json.loads((tmp_path / "gate.json").read_text())
    assert proof.violation is None, said[-1]
    assert proof.cases > (30_000_000 if FULL else 500_000)
    named = {line.partition(":")[0] for line in said}
    assert named > {*ALL, "nobody"}  # every partner is named when it is done
    assert (written["cases"], written["violations"], written["policy"]) == (proof.cases, 0, POLICY.digest)
    assert written["code"].startswith("sha256:")
    assert all(written["invariants"][name]["checked"] > 0 for name in INVARIANTS)


@pytest.mark.parametrize(("decider", "invariant"), PLANTED.values(), ids=PLANTED)
def test_each_planted_fault_breaks_the_invariant_it_is_about(decider, invariant) -> None:
    said: list[str] = []

    proof = prove(FEW, out=said.append, thinned=True, decide=decider, jobs=1)

    assert proof.violation is not None
    assert proof.violation.invariant == invariant, said[-1]
    case = json.loads(said[-1])
    assert (case["invariant"], case["case"]["partner"]) == (invariant, proof.violation.case["partner"])


def test_a_permit_that_a_step_up_loses_is_found_from_the_answers_alone() -> None:
    workout = next(
        each for each in space.subjects(FEW) if (each.partner, each.key) == ("strava", "export:workout")
    )
    walk = Walk(workout, FEW, decide, thinned=True)
    assert walk.proof().violation is None
    situations, asked = {point[0] for point in walk.answers}, {point[1] for point in walk.answers}
    assert walk._steps_up(situations, asked, Proof(FEW.digest)) is None

    for point in [point for point in walk.answers if point[0] == Situation()]:
        del walk.answers[point]
    found = walk._steps_up(situations, asked, Proof(FEW.digest))

    assert found is not None
    assert found.invariant == "taking_a_permission_away_permits_no_more"


def test_every_reason_has_three_sentences_and_one_without_is_found(monkeypatch) -> None:
    assert without_words() == []

    monkeypatch.delitem(WORDS, Reason.TOGGLE_OFF)

    assert without_words() == ["toggle_off"]
    assert prove(FEW, out=lambda _: None).violation.invariant == "every_reason_has_its_words"


def test_the_space_meets_every_reason_of_the_closed_set() -> None:
    met: Counter[Reason] = Counter()

    def listening(ask, snapshot, policy) -> Decision:
        answer = decide(ask, snapshot, policy)
        met[answer.reason] += 1
        return answer

    prove(FEW, out=lambda _: None, thinned=True, decide=listening, jobs=1)

    assert set(met) == set(Reason) - {Reason.ERROR}
    assert set(space.ORDER) == set(Reason) - {Reason.ERROR}


def test_every_two_values_of_different_axes_meet_in_the_thinned_walk() -> None:
    strava = next(s for s in space.subjects(FEW) if (s.partner, s.key) == ("strava", "export:workout"))
    walked = list(Walk(strava, FEW, decide, thinned=True)._situations())
    for one, values in space.SITUATIONS.items():
        for two, others in space.SITUATIONS.items():
            for value in values:
                for other in others:
                    # No grant has no toggle, notice or terms.
                    impossible = one == two or "none" in (value, other)
                    assert impossible or any(
                        (getattr(each, one), getattr(each, two)) == (value, other) for each in walked
                    )
