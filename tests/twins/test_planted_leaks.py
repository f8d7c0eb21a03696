"""A twin run that finds nothing is worth what it would find: each of these faults makes it fail."""

from random import Random

import pytest

from tests.support.sizes import size
from tests.twins import leaks_on_the_way_out
from tests.twins.leaks import PLANTED
from tests.twins.mutations import a_twin
from tests.twins.pages import some_of_everything
from tests.twins.scripts import a_script
from tests.twins.transcript import LogLines, difference, log_lines
from tests.twins.ways_out import play, the_same_again
from tests.twins.world import World, a_world

assert leaks_on_the_way_out
DAYS, TWINS = 10, 8


def caught(world: World, lines: LogLines, days: int = DAYS) -> str | None:
    """Return what the first twin that is told apart was told apart by; None when all are alike."""
    for number in range(days):
        script = a_script(f"planted {number}")
        dice = Random(f"planted {number}")
        questions = the_same_again(some_of_everything(dice))
        first = play(world, script, lines, questions=questions)
        for _ in range(TWINS):
            twin, _ = a_twin(script, dice)
            if found := difference(first, play(world, twin, lines, questions=questions)):
                return found
    return None


pytestmark = pytest.mark.once


@pytest.mark.django_db
@pytest.mark.parametrize("leak", sorted(PLANTED))
def test_a_planted_leak_is_caught(leak: str, monkeypatch, settings):
    with a_world(monkeypatch, settings) as world, log_lines() as lines:
        PLANTED[leak](monkeypatch)
        found = caught(world, lines)
    assert found is not None


@pytest.mark.django_db
def test_without_a_planted_leak_nothing_is_caught(monkeypatch, settings):
    """The same runs, whole: else every fault would seem to be found."""
    with a_world(monkeypatch, settings) as world, log_lines() as lines:
        assert caught(world, lines, size(DAYS, least=2)) is None


def test_at_least_ten_kinds_of_leaks_are_planted():
    assert len(PLANTED) >= 10
