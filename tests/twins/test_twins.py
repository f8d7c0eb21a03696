"""Two members who differ in women's health alone are one and the same to everybody else (SR-5.3, 5.4, 9.1).

A random day is played once with every way out, and then again and again for twins that differ in women's-health
inputs: values, presence, tags off the list and their edits, free text, scores with cycle, reasons for rest. All that
leaves must be the same byte for byte.
"""

from collections.abc import Callable
from random import Random

import pytest
from django.db import connection

from consent.gate import door
from tests.support.sizes import FULL, size
from tests.twins.mutations import a_twin
from tests.twins.pages import everything
from tests.twins.scripts import a_script
from tests.twins.transcript import difference, log_lines
from tests.twins.ways_out import every_question, play, sampled
from tests.twins.world import World, a_world

TWINS = 10_000
OF_ONE = 40  # twins of one random day
QUESTIONS = 2  # of every partner's flows and of every preview; the first of a day is asked all
WHOLE_DAYS, WHOLE_TWINS = 10, 4


@pytest.mark.slow
@pytest.mark.django_db
def test_nothing_that_leaves_tells_twins_apart(monkeypatch, settings):
    # Both databases make the same bytes, and a planted leak is caught by far fewer (test_planted_leaks.py).
    twins = size(TWINS) if FULL else size(TWINS) // 4
    twins = twins if connection.vendor == "sqlite" else twins // 10
    differing = []
    with a_world(monkeypatch, settings) as world, log_lines() as lines:
        for number in range(twins // OF_ONE):
            script = a_script(f"day {number}")
            first = play(world, script, lines, questions=every_question)
            for index in range(OF_ONE):
                dice = Random(f"twin {number} {index}")
                twin, done = a_twin(script, dice)
                second = play(world, twin, lines, questions=sampled(dice, QUESTIONS))
                if found := difference(first, second):
                    differing.append(f"twin {number}.{index} ({', '.join(done)}): {found}")
    assert differing == []


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.django_db
def test_no_question_and_no_page_tells_twins_of_whole_days_apart(monkeypatch, settings):
    """Two days with all their series; each partner's every flow, each preview and each page is asked of every twin."""
    differing = []
    with a_world(monkeypatch, settings) as world, log_lines() as lines:
        for number in range(size(WHOLE_DAYS)):
            script = a_script(f"whole day {number}", whole=True)
            first = play(world, script, lines, questions=everything)
            for index in range(size(WHOLE_TWINS, least=2)):
                twin, done = a_twin(script, Random(f"whole twin {number} {index}"))
                if found := difference(first, play(world, twin, lines, questions=everything)):
                    differing.append(f"twin {number}.{index} ({', '.join(done)}): {found}")
    assert differing == []


@pytest.mark.django_db
def test_the_members_own_copy_does_tell_twins_apart(monkeypatch, settings):
    """So twins do differ: what is the member's alone is there, and hers to take along (GDPR Art. 20)."""
    with a_world(monkeypatch, settings) as world, log_lines() as lines:
        script = a_script("own copy")
        twins = [script, *(a_twin(script, Random(f"own copy {index}"))[0] for index in range(24))]
        copies: list[str] = []
        for twin in twins:
            play(world, twin, lines, questions=lambda world: [("own copy", own_copy(copies))])
    others = [copy for copy in copies[1:] if copy != copies[0]]
    assert (
        len(others) > 12
    )  # the rest differ in what is not kept: unknown keys, malformed values, what was forgotten


def own_copy(copies: list[str]) -> Callable[[World], object]:
    def ask(world: World) -> object:
        copies.append(
            repr([(each.kind, dict(each.fields)) for each in door.export_own(member_id=world.member.id)])
        )
        return None

    return ask
