"""Sorting on the way in (SR-5.3): nothing that is women's health or free text is in the part that can leave."""

import copy
import pickle
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import admission, generator
from records.vocabulary import registry, shape, tags
from records.vocabulary.shapes import Field, Value

MONTH = list(
    generator.days("sorting", until=date(2026, 11, 19), count=30, timezone="America/New_York", cycle=True)
)
WORDS = st.text(st.characters(min_codepoint=0x20, blacklist_categories=("Cs", "Cc")), max_size=40)
MOMENTS = st.sampled_from(["2026-11-19T08:00:00-05:00", "2026-11-19T08:30:00Z"])
CODES = st.one_of(
    WORDS, st.sampled_from(["tag_generic_caffeine", "tag_sleep_travel", "tag_generic_period", "custom"])
)
VALUES = {
    Value.STRING: WORDS,
    Value.INTEGER: st.integers(-100, 10**6),
    Value.NUMBER: st.floats(-100, 1e6, allow_nan=False),
    Value.BOOLEAN: st.booleans(),
    Value.DATE: st.sampled_from(["2026-11-18", "2026-11-19"]),
    Value.DATETIME: MOMENTS,
    Value.SAMPLE: st.fixed_dictionaries(
        {"interval": st.just(5.0), "items": st.lists(st.none() | st.integers(40, 200)), "timestamp": MOMENTS}
    ),
    Value.STRINGS: st.lists(WORDS, max_size=3),
    Value.ZONE: st.sampled_from(["Europe/Helsinki", "UTC", "America/Argentina/Buenos_Aires"]),
}
WHOLE_KINDS = sorted(name for name, kind in registry.KINDS.items() if not kind.series)


def _value(leaf: Field):
    if leaf.per_entry:
        return st.lists(CODES, max_size=3) if leaf.value is Value.STRINGS else CODES
    if leaf.path == "activity":
        return st.one_of(WORDS, st.sampled_from(["running", "Running", "prenatal_yoga"]))
    values = st.sampled_from(sorted(leaf.one_of)) if leaf.one_of else VALUES[leaf.value]
    if leaf.one_of and leaf.value is Value.STRINGS:
        values = st.lists(values, max_size=3)
    if leaf.only:
        values = st.text(st.sampled_from("0123456789"), max_size=20)
    if leaf.within:
        values = st.integers(int(leaf.within[0]), int(leaf.within[1]))
    return st.none() | values if leaf.nullable else values


@st.composite
def bodies(draw, kind: str) -> dict:
    body = _drawn(draw, shape.tree(kind))
    if kind in shape.SPANS:
        start, end = shape.SPANS[kind]
        moments = ("2026-11-19T08:00:00-05:00", "2026-11-19T09:00:00-05:00")
        days = registry.KINDS[kind].by_path[start].value is Value.DATE
        body[start], body[end] = ("2026-11-19", "2026-11-21") if days else moments
    return body


def _drawn(draw, tree) -> dict:
    body: dict = {}
    for name, node in tree.items():
        if isinstance(node, shape.Many):
            body[name] = [_drawn(draw, node) for _ in range(draw(st.integers(0, 3)))]
        elif not isinstance(node, Field):
            body[name] = _drawn(draw, node)
        elif node.required or draw(st.booleans()):
            body[name] = draw(_value(node))
    return body


def _without_nulls(value):
    if isinstance(value, dict):
        return {name: _without_nulls(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_without_nulls(inner) for inner in value]
    return value


def _leaves(body: dict, under: str = ""):
    for name, value in body.items():
        yield f"{under}{name}", value
        if isinstance(value, dict):
            yield from _leaves(value, f"{under}{name}.")
        for item in value if isinstance(value, list) else ():
            if isinstance(item, dict):
                yield from _leaves(item, f"{under}{name}[].")


@pytest.mark.parametrize("kind", WHOLE_KINDS)
@settings(max_examples=40, deadline=None)
@given(drawn=st.data())
def test_no_private_leaf_of_any_body_is_ever_in_the_public_part(kind, drawn):
    body = drawn.draw(bodies(kind))
    assert shape.problems_of(kind, body) == []
    before = copy.deepcopy(body)
    parts = admission.sort(kind, body)

    assert body == before, "sorting must not change what it was given"
    listed = registry.KINDS[kind]
    public = dict(_leaves(parts.public or {}))
    assert not [leaf.path for leaf in listed.fields if leaf.sensitivity.private and leaf.path in public]
    if listed.womens_health or _off_the_list(kind, body):
        assert parts.public is None
        assert parts.private == body
    else:
        assert parts.public is not None
        assert _without_nulls(admission.combine(kind, parts.public, parts.private)) == _without_nulls(body)


def _off_the_list(kind: str, body: dict) -> bool:
    """Said in other words than the code under test: any code that is no known one, or none at all."""
    if kind == "enhanced_tag":
        return not tags.may_leave(body.get("tag_type_code"))
    return kind == "tag" and not (body["tags"] and min(tags.may_leave(code) for code in body["tags"]))


@pytest.mark.parametrize("new", MONTH, ids=lambda new: new.source_id)
def test_a_generated_document_is_whole_again_when_its_parts_are_combined(new):
    parts = admission.sort(new.kind, new.body)

    if parts.public is None:
        assert parts.private == new.body
    else:
        assert admission.combine(new.kind, parts.public, parts.private) == new.body


@pytest.mark.parametrize(
    ("codes", "leaves"),
    [
        (["tag_generic_caffeine"], True),
        (["tag_generic_caffeine", "tag_sleep_travel"], True),
        (["tag_generic_caffeine", "tag_generic_period"], False),
        (["tag_generic_caffeine", "custom"], False),
        ([], False),
    ],
)
def test_one_code_off_the_list_makes_a_whole_tag_the_members_alone(codes, leaves):
    # SR-5.3: the older route holds several codes in one entry.
    body = {
        "id": "t",
        "day": "2026-11-19",
        "timestamp": "2026-11-19T09:00:00Z",
        "tags": codes,
        "text": "mine",
    }
    parts = admission.sort("tag", body)

    assert (parts.public is not None) is leaves
    assert "mine" not in str(parts.public)
    assert "mine" in str(parts.private)


def test_the_episodes_of_a_rest_are_the_members_alone_and_so_is_how_many_there_were():
    """Each must have its reasons, which stay; its moment alone would tell when there was one."""
    episodes = [
        {"timestamp": "2026-11-18T09:00:00Z", "tags": ["tag_generic_cramps"]},
        {"timestamp": "2026-11-19T09:00:00Z", "tags": []},
    ]
    body = {"id": "r", "start_day": "2026-11-18", "episodes": episodes}
    parts = admission.sort("rest_mode_period", body)

    assert parts.public == {**body, "episodes": []}
    assert parts.private == {"episodes": episodes}
    assert admission.combine("rest_mode_period", parts.public, parts.private) == body
    for other in ([], episodes[:1], [{"timestamp": "2026-11-18T21:00:00Z"}]):
        again = admission.sort("rest_mode_period", {**body, "episodes": other})
        assert again.public == parts.public
        assert admission.combine("rest_mode_period", again.public, again.private) == {
            **body,
            "episodes": other,
        }


def test_a_rest_that_was_stored_with_its_moments_in_the_public_part_is_whole_and_is_sorted_again():
    public = {"id": "r", "start_day": "2026-11-18", "episodes": [{"timestamp": "2026-11-18T09:00:00Z"}]}
    private = {"episodes": [{"tags": ["tag_generic_cramps"]}]}
    whole = admission.combine("rest_mode_period", public, private)
    episode = {"timestamp": "2026-11-18T09:00:00Z", "tags": ["tag_generic_cramps"]}

    assert whole == {**public, "episodes": [episode]}
    assert admission.sort("rest_mode_period", whole).public == {**public, "episodes": []}


def test_resting_calories_are_total_minus_active_whatever_was_brought():
    (new,) = [each for each in MONTH if each.kind == "daily_activity"][:1]
    brought = {**new.body, "total_calories": 2100, "active_calories": 500, "resting_calories": 9}

    assert admission.completed("daily_activity", brought)["resting_calories"] == 1600
    assert brought["resting_calories"] == 9
    assert admission.completed("workout", brought) is brought


@pytest.mark.parametrize(
    ("type_", "made"),
    [("breathing", True), ("meditation", True), ("relaxation", True), ("nap", False), ("rest", False)],
)
def test_mindful_minutes_are_made_of_sessions_of_breathing_meditation_and_relaxation(type_, made):
    (new,) = [each for each in MONTH if each.kind == "session"][:1]
    session = admission.NewDocument("session", {**new.body, "type": type_}, "ring", "s1")
    minutes = admission.made_from(session)

    assert (minutes is not None) is made
    if minutes is not None:
        assert (minutes.kind, minutes.origin, minutes.external_id) == ("mindful_minutes", "ring", "s1")
        assert minutes.body["start"] == session.body["start_datetime"]
        assert shape.problems_of("mindful_minutes", minutes.body) == []


def test_whether_there_is_a_note_does_not_show_in_the_public_part():
    (new,) = [each for each in MONTH if each.kind == "workout"][:1]
    noted, bare = {**new.body, "label": "spotting again"}, {**new.body, "label": None}

    assert admission.sort("workout", noted).public == admission.sort("workout", bare).public
    absent = {name: value for name, value in bare.items() if name != "label"}
    assert admission.sort("workout", absent).public == admission.sort("workout", bare).public


def test_a_prenatal_class_is_other_to_everyone_but_the_member():
    (new,) = [each for each in MONTH if each.kind == "workout"][:1]
    parts = admission.sort("workout", {**new.body, "activity": "prenatal_yoga"})

    assert parts.public is not None
    assert parts.public["activity"] == "other"
    assert parts.private is not None
    assert parts.private["activity"] == "prenatal_yoga"


@pytest.mark.parametrize(
    ("word", "seen"), [("female", "female"), ("Male ", "male"), ("pregnant", "other"), (None, None)]
)
def test_a_word_for_ones_sex_is_of_a_closed_vocabulary_to_everyone_else(word, seen):
    parts = admission.sort("personal_info", {"id": "p", "biological_sex": word})

    assert parts.public == {"id": "p", "biological_sex": seen}
    assert parts.private == (None if word == seen else {"biological_sex": word})


def test_a_score_computed_with_the_cycle_is_the_members_alone():
    (new,) = [each for each in MONTH if each.kind == "daily_readiness"][:1]
    parts = admission.sort("daily_readiness", new.body)

    assert parts.public is not None
    assert "score_with_cycle" in new.body
    assert "score_with_cycle" not in parts.public
    assert parts.public["score"] == new.body["score"]


def test_a_new_document_prints_masked_and_refuses_to_be_pickled_or_copied():
    new = admission.NewDocument("period", {"id": "x", "day": "2026-11-19", "flow": "heavy"})

    assert "heavy" not in repr(new)
    assert "2026" not in str(new)
    for stray in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            stray(new)
