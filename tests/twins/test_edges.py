"""What lies beside the great run: files with private entries among others, the product's own taking in, temperature."""

import json
from random import Random

import pytest

from integrations.intake import files
from tests.support.sizes import size
from tests.twins.mutations import ALL, a_twin
from tests.twins.scripts import Script, a_script, copied, tag
from tests.twins.transcript import Transcript, difference, log_lines
from tests.twins.ways_out import every_question, play, tell_rows
from tests.twins.world import NOON, World, a_world

ENTRIES = 230  # more than one batch of a file
TEMPERATURES = ("temperature_deviation", "temperature_trend_deviation")


@pytest.mark.django_db
@pytest.mark.parametrize("private", [0, 40], ids=["none", "forty"])
def test_a_file_is_taken_in_the_same_with_private_entries_among_its_tags(
    private, monkeypatch, settings, tmp_path
):
    """Batches are cut by the number of documents; nothing is stamped by the batch it fell into."""
    with a_world(monkeypatch, settings) as world, log_lines() as lines:
        told = [_brought(world, tmp_path / name, tags) for name, tags in _two_files(private)]
        assert lines.taken() == []
    assert difference(*told) is None


def _two_files(private: int) -> list[tuple[str, list[dict]]]:
    public = [tag(number, "tag_generic_caffeine") for number in range(10, 60)]
    times = range(ENTRIES // len(public) + 1)
    many = [{**doc.body, "id": f"{doc.external_id}-{again}"} for again in times for doc in public]
    hidden = [{**tag(10, "tag_generic_period").body, "id": f"hidden-{number}"} for number in range(private)]
    return [("first", many), ("twin", [*hidden, *many])]


def _brought(world: World, folder, tags: list[dict]) -> Transcript:
    folder.mkdir()
    path = folder / "enhanced_tag.json"
    path.write_text(json.dumps({"data": tags}))
    transcript = Transcript()
    with world.undone():
        world.frozen.step("file", NOON)
        brought = files.bring(world.member, [path])
        transcript.tell("deliveries", [brought.deliveries, brought.malformed])
        tell_rows(world, transcript)
    return transcript


@pytest.mark.django_db
def test_what_is_received_by_the_products_own_act_is_the_same(monkeypatch, settings):
    """The same runs through `intake.services.receive`: saved and queued in one transaction, errors passed on."""
    with a_world(monkeypatch, settings) as world, log_lines() as lines:
        for number in range(size(20)):
            script = a_script(f"received {number}", whole=number == 0)
            first = _of_receiving(play(world, _received(script), lines, questions=lambda world: []))
            for index in range(5):
                twin, done = a_twin(script, Random(f"received {number} {index}"))
                second = _of_receiving(play(world, _received(twin), lines, questions=lambda world: []))
                found = difference(first, second)
                assert found is None, f"twin {number}.{index} ({', '.join(done)}): {found}"


def _of_receiving(told: Transcript) -> Transcript:
    """Leave out what the door answers to a forgetting: receiving answers with deliveries alone."""
    told.told = [each for each in told.told if not each[0].endswith((": saved", ": shared"))]
    return told


def _received(script: Script) -> Script:
    script = copied(script)
    for step in script:
        step.act = "receive" if step.act == "save" else step.act
    return script


@pytest.mark.django_db
def test_another_temperature_is_seen_by_natural_cycles_alone(monkeypatch, settings):
    """Cycle-revealing, not women's health: one partner has a yes to it; to the others it is not there."""
    told = set()
    with a_world(monkeypatch, settings) as world, log_lines() as lines:
        for number in range(size(20)):
            script = a_script(f"temperature {number}")
            first = play(world, script, lines, questions=every_question)
            second = play(world, _warmer(script, Random(number)), lines, questions=every_question)
            told |= {question for question, answer in second.asked.items() if first.asked[question] != answer}
            calls = [[each for each in run.told if ": call " in each[0]] for run in (first, second)]
            assert calls[0] == calls[1]
    assert told
    assert {question.removeprefix("preview for ").split()[0] for question in told} == {"natural-cycles"}


def _warmer(script: Script, dice: Random) -> Script:
    """Return a copy in which every temperature, and every mark of it, is another."""
    script = copied(script)
    for body in (doc.body for step in script for doc in step.docs):
        for part in (body, body.get("readiness") or {}):
            if "contributors" in part and TEMPERATURES[0] in part:
                part.update({name: round(dice.uniform(-2, 2), 2) for name in TEMPERATURES})
                part["contributors"]["body_temperature"] = dice.randint(1, 100)
    return script


@pytest.mark.django_db
def test_each_way_to_differ_is_taken_by_some_twin():
    """A mutation that never finds anything to change would prove nothing."""
    taken = {name for number in range(60) for name in a_twin(a_script(f"taken {number}"), Random(number))[1]}
    assert taken == {mutation.__name__ for mutation in ALL}
