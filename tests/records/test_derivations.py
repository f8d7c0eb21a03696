"""A derived value carries the taint of what it is derived from, and composites are made of the fields they name."""

from dataclasses import replace

import pytest

from records.vocabulary import compositions, data_types, derivations, registry, soundness
from records.vocabulary.derivations import Derivation
from records.vocabulary.shapes import DocumentKind, Sensitivity

KINDS = tuple(registry.KINDS.values())
TYPES = data_types.LISTED
SCORE = "daily_readiness.score"


def _marked(name: str, sensitivity: Sensitivity) -> tuple[DocumentKind, ...]:
    """The kinds with one field declared otherwise."""
    kind, _, path = name.partition(".")
    leaves = tuple(
        replace(leaf, sensitivity=sensitivity) if leaf.path == path else leaf
        for leaf in registry.KINDS[kind].fields
    )
    changed = replace(registry.KINDS[kind], fields=leaves)
    return tuple(changed if each.name == kind else each for each in KINDS)


def _derived(field: str, *inputs: str, **more: str) -> Derivation:
    return Derivation(field=field, inputs=inputs, how="made for a test", **more)


def test_the_tables_are_sound_today():
    assert soundness.of_derivations(KINDS, derivations.LISTED) == []
    assert soundness.of_compositions(KINDS, TYPES, compositions.MADE_OF) == []


def test_the_taint_is_the_union_of_the_inputs():
    assert registry.taint_of("daily_readiness", "score") is Sensitivity.CYCLE
    assert registry.taint_of("daily_readiness", "score_with_cycle") is Sensitivity.DERIVED
    assert registry.taint_of("sleep", "readiness.contributors.body_temperature") is Sensitivity.CYCLE
    assert registry.taint_of("daily_activity", "resting_calories") is Sensitivity.NEUTRAL
    assert registry.taint_of("daily_activity", "steps") is Sensitivity.NEUTRAL


def test_what_is_derived_from_womens_health_is_womens_health():
    derived = {
        f"{kind.name}.{leaf.path}"
        for kind in KINDS
        for leaf in kind.fields
        if leaf.sensitivity is Sensitivity.DERIVED
    }

    assert derived == {"daily_readiness.score_with_cycle"}
    assert "cycle_insights.phase" in derivations.BY_FIELD["daily_readiness.score_with_cycle"].inputs
    assert registry.KINDS["daily_readiness"].by_path["score_with_cycle"].data_type == "cycle_insights"


def test_the_scores_that_mix_temperature_with_eight_other_inputs_are_the_only_exceptions():
    excepted = {each.field: each for each in derivations.LISTED if each.declared_by_name}

    assert set(excepted) == {SCORE, "sleep.readiness.score"}
    for each in excepted.values():
        assert len(each.inputs) == 9
        assert "eight other inputs" in each.declared_by_name


@pytest.mark.parametrize("sensitivity", [Sensitivity.NEUTRAL, Sensitivity.CYCLE])
def test_a_score_with_the_cycle_that_is_declared_harmless_does_not_start(sensitivity):
    found = soundness.of_derivations(
        _marked("daily_readiness.score_with_cycle", sensitivity), derivations.LISTED
    )

    assert [problem for problem in found if "score_with_cycle" in problem and "no exception" in problem]


def test_no_exception_can_be_named_for_womens_health_or_free_text():
    for source in (
        "period.flow",
        "cycle_insights.phase",
        "enhanced_tag.comment",
        "daily_readiness.score_with_cycle",
    ):
        excused = _derived("daily_activity.steps", source, declared_by_name="It is only a number.")
        assert [
            "no exception" in problem for problem in soundness.of_derivations(KINDS, (excused, *_cycle()))
        ] == [True]


def test_a_cycle_revealing_input_needs_the_exception_and_the_exception_a_need():
    bare = replace(derivations.BY_FIELD[SCORE], declared_by_name="")
    needless = _derived("daily_activity.steps", "daily_activity.score", declared_by_name="Just in case.")

    (problem,) = soundness.of_derivations(KINDS, (bare, *_cycle()))
    assert "Mark it, or name the exception" in problem
    (problem,) = soundness.of_derivations(KINDS, (needless, *_cycle()))
    assert "does not need" in problem


def test_a_derived_field_that_names_no_inputs_does_not_start():
    (problem,) = soundness.of_derivations(KINDS, ())

    assert "names no inputs" in problem


@pytest.mark.parametrize(
    ("listed", "says"),
    [
        ([_derived("daily_activity.steps")], "from nothing"),
        ([_derived("daily_activity.steps", "daily_activity.steps")], "from itself"),
        (
            [
                _derived("daily_activity.steps", "daily_activity.score"),
                _derived("daily_activity.score", "daily_activity.steps"),
            ],
            "from itself",
        ),
        ([_derived("daily_activity.steps", "daily_activity.mystery")], "no field"),
        ([_derived("mystery.steps", "daily_activity.score")], "no field"),
        ([_derived("daily_activity.steps", "daily_activity.score")] * 2, "in two ways"),
    ],
)
def test_a_derivation_that_leads_nowhere_does_not_start(listed, says):
    assert any(says in problem for problem in soundness.of_derivations(KINDS, (*listed, *_cycle())))


def test_new_inputs_are_a_new_version_of_the_derivation():
    score = derivations.BY_FIELD[SCORE]

    assert replace(score, inputs=(*score.inputs, "daily_activity.steps")).version != score.version
    assert replace(score, inputs=score.inputs[::-1], how="in other words").version == score.version


@pytest.mark.parametrize(
    "parts",
    [
        {"daily_readiness": ("temperature_trend_deviation",)},
        {"daily_readiness": ("score_with_cycle",)},
        {"period": ("flow",)},
        {"workout": ("label",)},
        {"daily_activity": ("mystery",)},
        {"daily_activity": ("steps",)},
        {"daily_activity": ()},
    ],
)
def test_a_composite_of_anything_but_its_own_parts_does_not_start(parts):
    composed = {**compositions.MADE_OF, "activity_nudge": parts}

    assert soundness.of_compositions(KINDS, TYPES, composed)


@pytest.mark.parametrize(
    ("part", "parts"),
    [("workout", {"workout": ("label",)}), ("tag", {"tag": ("tags",)}), ("meal", {"meal": ("text",)})],
)
def test_free_text_and_codes_are_part_of_no_composite_even_where_their_type_is(part, parts):
    nudge = replace(registry.DATA_TYPES["activity_nudge"], made_of=(part,))
    types = tuple(nudge if each.key == nudge.key else each for each in TYPES)
    found = soundness.of_compositions(KINDS, types, {**compositions.MADE_OF, nudge.key: parts})

    assert [problem for problem in found if "part of nothing" in problem]


def test_a_composite_whose_fields_are_not_named_does_not_start():
    without = {key: parts for key, parts in compositions.MADE_OF.items() if key != "sticker"}

    assert soundness.of_compositions(KINDS, TYPES, without)


def test_the_parts_of_a_composite_are_the_exact_fields():
    assert registry.parts_of("bedtime_reminder") == {
        "sleep_time": ("optimal_bedtime.day_tz", "optimal_bedtime.start_offset", "optimal_bedtime.end_offset")
    }
    assert registry.parts_of("activity_nudge") == {"daily_activity": ("inactivity_alerts",)}
    assert set(registry.parts_of("wellness_briefing")) == {
        "daily_sleep",
        "daily_readiness",
        "daily_spo2",
        "heartrate",
    }
    assert registry.parts_of("routine_trigger") == {} == registry.parts_of("mystery")


def _cycle() -> tuple[Derivation, ...]:
    """The one derivation that the real tables cannot do without."""
    return (derivations.BY_FIELD["daily_readiness.score_with_cycle"],)
