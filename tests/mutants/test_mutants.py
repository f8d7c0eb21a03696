"""All planted wrongs die; a change of nothing survives, so that they die of what is wrong with them."""

import os
from datetime import UTC, datetime

import pytest

from tests.mutants.catalogue import MUTANTS, Mutant
from tests.mutants.run import FAST, ROOT, TURNS, fates, share_of

pytestmark = [pytest.mark.once, pytest.mark.slow]
FULL = os.environ.get("RINGFENCE_FULL") == "1"
TODAY = int(os.environ.get("MUTANTS_TURN", datetime.now(tz=UTC).toordinal()))  # the same all day long


def test_there_are_at_least_forty_and_each_can_still_be_planted() -> None:
    assert len(MUTANTS) >= 40
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    moved = [mutant.name for mutant in MUTANTS if (ROOT / mutant.file).read_text().count(mutant.old) != 1]
    assert moved == []


def test_all_turns_together_plant_each_mutant_once() -> None:
    planted = [mutant for turn in range(TURNS) for mutant in share_of(MUTANTS, turn)]

    assert sorted(planted) == sorted(MUTANTS)


def test_every_mutant_dies() -> None:
    chosen = list(MUTANTS) if FULL else share_of(MUTANTS, TODAY)

    alive = [fate for fate in fates(chosen) if not fate.well]

    assert alive == []


def test_a_mutant_that_changes_nothing_survives_and_one_whose_text_moved_is_told() -> None:
    same = Mutant("nothing", "consent/gate/decide.py", "Pure and total:", "Total and pure:")
    gone = Mutant("gone", "consent/gate/decide.py", "no such line", "")

    tests = FAST if FULL else FAST[:2]  # the everyday run has run them all against this very tree
    assert [fate.word for fate in fates([same, gone], tests=tests)] == ["survived", "moved"]
