"""What is made of women's health is women's health, and a part that nobody knows counts as such."""

from dataclasses import replace

import pytest

from consent.gate.decide import decide
from consent.gate.policy import Policy
from consent.gate.proof import space
from consent.gate.proof.space import NOW, Situation
from consent.gate.shapes import Reason, Request
from consent.manifests.shapes import Direction
from records.vocabulary.registry import DATA_TYPES
from records.vocabulary.shapes import Category, DataType, Sensitivity
from tests.consent.manifests.partners import ALL

pytestmark = pytest.mark.once
POLICY = Policy.of(ALL.values())


def _answer(*, of: tuple[str, ...] = (), **more) -> Reason:
    bundle = DataType(key="bundle", label="A bundle", hint="Some.", category=Category.SIGNALS, made_of=of)
    wrap = replace(bundle, key="wrap", made_of=("bundle",))
    known = {**DATA_TYPES, "bundle": replace(bundle, **more), "wrap": wrap}
    policy = replace(POLICY, data_types=known)
    subject = next(each for each in space.subjects(POLICY) if each.partner == "alexa")
    snapshot = space.snapshot(Situation(), subject, space.all_keys(POLICY))
    answers = {
        decide(Request("alexa", Direction.EXPORT, key, NOW), snapshot, policy).reason
        for key in ("bundle", "wrap")
    }
    assert len(answers) == 1  # the same one step deeper
    return answers.pop()


@pytest.mark.parametrize("part", ["period", "no_such_type"])
def test_a_composite_of_it_is_refused_as_it_is(part) -> None:
    assert _answer(of=("sleep_score", part)) is Reason.WOMENS_HEALTH


def test_a_type_marked_so_is_refused_whatever_its_category() -> None:
    assert _answer(sensitivity=Sensitivity.WOMENS_HEALTH) is Reason.WOMENS_HEALTH
    assert _answer(category=Category.WOMENS_HEALTH) is Reason.WOMENS_HEALTH


def test_a_composite_of_other_types_is_merely_undeclared() -> None:
    assert _answer(of=("sleep_score", "spo2")) is Reason.FLOW_NOT_DECLARED
