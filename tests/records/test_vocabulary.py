"""The tables: every field in its place, and no contradiction starts."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from records import checks
from records.vocabulary import activities, data_types, registry, soundness, tags
from records.vocabulary.documents import leaves
from records.vocabulary.shapes import Category, DataType, DocumentKind, Sensitivity, Value, VocabularyError

SHEET = Path(__file__).with_name("classification.txt")
KEYS = """
workout workout_route steps distance power active_energy resting_energy total_energy activity_score activity_detail
heart_rate resting_heart_rate heart_rate_variability interbeat_interval cardiovascular_age vo2_max
sleep sleep_score optimal_bedtime respiratory_rate spo2 breathing_disturbance
readiness_score readiness_detail daytime_stress resilience rest_mode
height weight date_of_birth age sex temperature_trend glucose meal mindful_minutes session tag
sticker bedtime_reminder activity_nudge wellness_briefing routine_trigger ring_configuration ring_battery email
period cycle_insights fertile_window ovulation pregnancy menopause contraception sexual_activity lactation
cervical_mucus basal_body_temperature
"""


def rows() -> list[tuple[str, str, str, str]]:
    lines = [line.split() for line in SHEET.read_text().splitlines() if line and not line.startswith("#")]
    return [(kind, path, data_type, sensitivity) for kind, path, data_type, sensitivity in lines]


@pytest.mark.parametrize(("kind", "path", "data_type", "sensitivity"), rows())
def test_a_field_belongs_where_the_sheet_puts_it(kind, path, data_type, sensitivity):
    leaf = registry.KINDS[kind].by_path[path]

    assert leaf.data_type == (None if data_type in {"envelope", "stays"} else data_type)
    assert leaf.envelope is (data_type == "envelope")
    assert leaf.stays is (data_type == "stays")
    assert leaf.per_entry is (sensitivity == "wh-per-entry")
    assert leaf.sensitivity == sensitivity.replace("wh-per-entry", "cycle")


def test_no_field_is_missing_from_the_sheet():
    listed = {(kind, path) for kind, path, _, _ in rows()}
    ours = {(kind.name, path) for kind in registry.KINDS.values() for path in kind.by_path}

    assert ours == listed


def test_every_data_type_of_the_design_is_there_and_no_other():
    assert set(registry.DATA_TYPES) == set(KEYS.split())


def test_a_womens_health_document_is_womens_health_down_to_its_id_and_day():
    for key in registry.WOMENS_HEALTH:
        kind = registry.kind_of(key)
        assert kind is not None
        assert kind.womens_health
        assert kind.envelope == ()
        assert {leaf.data_type for leaf in kind.fields} == {key}


def test_composites_are_made_of_what_the_design_says():
    made = {key: set(each.made_of) for key, each in registry.DATA_TYPES.items() if each.made_of}

    assert made == {
        "sticker": {"sleep_score", "readiness_score", "activity_score"},
        "bedtime_reminder": {"optimal_bedtime"},
        "activity_nudge": {"activity_detail"},
        "wellness_briefing": {"sleep_score", "readiness_score", "spo2", "heart_rate"},
    }


def test_exactly_the_types_that_can_reveal_a_cycle_are_marked():
    cycle = {key for key, each in registry.DATA_TYPES.items() if each.sensitivity is Sensitivity.CYCLE}

    assert cycle == {"temperature_trend", "readiness_detail", "rest_mode", "tag"}


def test_the_sensitive_group_holds_what_the_screens_keep_apart():
    # Consent screens: cycle-revealing temperature, glucose, tags, sex, date of birth.
    assert {"temperature_trend", "glucose", "tag", "sex", "date_of_birth"} <= data_types.SENSITIVE
    assert not data_types.SENSITIVE & registry.WOMENS_HEALTH


def test_origin_and_source_of_our_own_documents_are_in_no_release():
    for kind in registry.KINDS.values():
        staying = {leaf.path for leaf in kind.fields if leaf.stays}
        if kind.own and not kind.womens_health:
            assert "origin" in staying
        assert not staying & set(kind.envelope)
        assert staying <= {"origin", "derived_from"}


def test_a_kind_without_a_day_is_standing_and_the_others_say_which_day():
    assert {kind.name for kind in registry.KINDS.values() if kind.standing} == {
        "personal_info",
        "ring_configuration",
    }
    for kind in registry.KINDS.values():
        assert kind.standing or kind.day in kind.by_path


def test_the_nested_copy_of_readiness_is_classified_as_the_day_is():
    # SR-5: temperature has a second place, inside a night of sleep.
    daily = {
        leaf.path: leaf
        for leaf in registry.KINDS["daily_readiness"].fields
        if not leaf.own and leaf.data_type
    }
    nested = {
        leaf.path.removeprefix("readiness."): leaf
        for leaf in registry.KINDS["sleep"].fields
        if leaf.path.startswith("readiness.")
    }

    assert set(daily) == set(nested)
    for path, leaf in daily.items():
        assert (leaf.data_type, leaf.sensitivity) == (nested[path].data_type, nested[path].sensitivity)


def _composite(key: str, part: str) -> DataType:
    return DataType(key=key, label="x", hint="x", category=Category.SIGNALS, made_of=(part,))


def _with(leaf) -> tuple[DocumentKind, ...]:
    sleep = registry.KINDS["daily_sleep"]
    return (DocumentKind(name="daily_sleep", fields=(*sleep.fields, leaf)),)


BROKEN = {
    "belongs to no data type": leaves.leaf("note", None, Value.STRING),
    "which is no data type": leaves.leaf("extra", "mystery", Value.STRING),
    "a composite": leaves.leaf("picture", "sticker", Value.STRING),
    "not marked so": leaves.leaf("bleeding", "period", Value.STRING),
    "which can be shared": leaves.leaf("phase", "sleep", Value.STRING, sensitivity=Sensitivity.WOMENS_HEALTH),
    "cycle-revealing by its data type": leaves.leaf("skin", "temperature_trend", Value.NUMBER),
    "a value and a container": leaves.leaf("score.raw", "sleep_score", Value.NUMBER),
    "decides about its entry": leaves.leaf(
        "code", "tag", Value.INTEGER, sensitivity=Sensitivity.CYCLE, per_entry=True
    ),
    "stays here and belongs": replace(leaves.staying("source"), data_type="sleep"),
}


@pytest.mark.parametrize("says", BROKEN)
def test_a_field_that_is_nobodys_or_wrongly_marked_is_a_contradiction(says):
    found = soundness.of_tables(_with(BROKEN[says]), data_types.LISTED)

    assert any(says in problem for problem in found)


@pytest.mark.parametrize("part", ["period", "temperature_trend", "mystery", "sticker"])
def test_no_composite_is_made_of_womens_health_or_temperature(part):
    types = [each for key, each in registry.DATA_TYPES.items() if key != "activity_nudge"]

    assert soundness.of_tables((), (*types, _composite("activity_nudge", part)))
    assert soundness.of_tables((), (*types, _composite("activity_nudge", "activity_detail"))) == []


def test_a_field_given_twice_does_not_start():
    twice = leaves.leaf("score", "sleep_score", Value.INTEGER)

    with pytest.raises(VocabularyError):
        _with(twice)


def test_the_system_check_finds_nothing_wrong_today():
    assert checks.the_vocabulary_is_sound() == []
    assert registry.problems() == []


@pytest.mark.parametrize(
    "code", ["tag_generic_caffeine", "tag_sleep_late_meal", "TAG_GENERIC_LateMeal", "tag-generic-jet-lag"]
)
def test_a_tag_on_the_allow_list_may_leave_in_any_spelling(code):
    assert tags.may_leave(code)


@pytest.mark.parametrize(
    "code",
    [
        *(
            "tag_generic_period",
            "tag_generic_pms",
            "tag_sleep_hot_flashes",
            "tag_generic_nausea",
            "custom",
            "",
            None,
        ),
        *(
            "caffeine",
            "tag_generic_",
            "tag_generic_caffeine_withdrawal",
            "tag_generic_periodcaffeine",
            7,
            ["sick"],
        ),
        *("tag_generic_future_code", "xtag_generic_sick"),
    ],
)
def test_any_other_code_does_not(code):
    assert not tags.may_leave(code)


@pytest.mark.parametrize(
    "word", ["prenatal_yoga", "Postpartum class", "", "yoga\u200b", "schwangerschaftsyoga"]
)
def test_an_activity_off_the_list_is_other(word):
    assert activities.closed(word) == "other"


def test_labels_and_hints_read_as_a_person_says_them():
    # UX: at most 20 words a sentence, school grade 6, no code names, no exclamation marks.
    for each in registry.DATA_TYPES.values():
        assert "_" not in each.label + each.hint
        assert "!" not in each.hint
        assert each.hint.endswith(".")
        assert max(len(sentence.split()) for sentence in each.hint.split(".")) <= 20
        assert _grade(each.hint) <= 6, (each.key, _grade(each.hint))
    for key, says in data_types.REVEALS.items():
        assert _grade(says) <= 6, (key, _grade(says))


def test_two_types_never_share_a_label():
    labels = [each.label for each in registry.DATA_TYPES.values()]

    assert len(labels) == len(set(labels))


def _grade(text: str) -> float:
    """The Flesch-Kincaid grade, syllables counted as groups of vowels without a silent e."""
    words = re.findall(r"[A-Za-z0-9']+", text)
    sentences = max(1, len(re.findall(r"[.?]", text)))
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word.lower())))) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59
