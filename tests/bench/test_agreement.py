"""What `make bench` says of agreement: nothing found when there is nothing, and every fault that is planted."""

from dataclasses import replace

import pytest

from bench.agreement import Held, held
from bench.goals import Goal
from consent.gate.decide import decide
from consent.gate.policy import Policy
from consent.gate.shapes import Decision, Request, Snapshot

pytestmark = pytest.mark.once
SEED, COUNT = 3, 800


def without_the_phone(ask: Request, snapshot: Snapshot, policy: Policy) -> Decision:
    """A gate that forgets what the phone's own settings forbid."""
    grant = replace(snapshot.grant, device_off=frozenset()) if snapshot.grant else None
    return decide(ask, replace(snapshot, grant=grant), policy)


def with_a_word_more(ask: Request, snapshot: Snapshot, policy: Policy) -> Decision:
    """A gate that lets one field more go along."""
    decision = decide(ask, snapshot, policy)
    return replace(decision, fields={**decision.fields, "note": ""}) if decision.fields else decision


def with_another_reason(ask: Request, snapshot: Snapshot, policy: Policy) -> Decision:
    """A gate that refuses rightly and says the wrong thing."""
    decision = decide(ask, replace(snapshot, partner_status="active"), policy)
    return (
        decision if decision.permit is decide(ask, snapshot, policy).permit else decide(ask, snapshot, policy)
    )


def found(answer) -> Held:
    return held(SEED, COUNT, answer)


def test_the_gate_the_reference_and_cedar_agree_and_both_answers_are_among_the_drawn() -> None:
    told = found(decide)

    assert (told.asked, told.not_as_reference, told.not_as_cedar) == (COUNT, 0, 0)
    assert COUNT / 20 < told.permits < COUNT
    assert len(told.reasons) > 12


def test_a_permit_too_many_is_told_of_by_both() -> None:
    told = found(without_the_phone)

    assert told.not_as_reference > 0
    assert told.not_as_cedar > 0


@pytest.mark.parametrize("answer", [with_a_word_more, with_another_reason])
def test_a_field_too_many_or_a_wrong_reason_is_told_of_by_the_reference(answer) -> None:
    told = found(answer)

    assert told.not_as_reference > 0
    assert told.not_as_cedar == 0  # it answers yes or no


def test_one_disagreement_is_a_goal_missed() -> None:
    none, one = (Goal("G2", "of many", count, 0, at_most=True, unit="") for count in (0, 1))

    assert none.line().split() == ["0", "G2", "met", "(at", "most", "0):", "of", "many"]
    assert one.line().split()[:3] == ["1", "G2", "MISSED"]
