"""Whatever is brought, of whatever kind: it is stored as its kind has it, or refused by field, and nothing breaks."""

import copy
import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import admission, generator
from records.admission import NewDocument
from records.reading import read
from records.vocabulary import registry, shape
from tests.records.test_admission import WHOLE_KINDS, bodies

CANARY = "CANARY-6620"
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        [CANARY, "2026-11-19", "2026-11-19T08:00:00", "2026-11-19T08:00:00Z", 10**400, "\ud800"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
WEEKS = list(
    generator.days("any", until=date(2026, 11, 19), count=50, timezone="Europe/Helsinki", cycle=True)
)


def _places(tree, under: tuple = ()):
    for name, node in tree.items():
        yield (*under, name)
        if isinstance(node, dict):
            yield from _places(node, (*under, name))


@pytest.mark.parametrize("kind", WHOLE_KINDS)
@settings(max_examples=60, deadline=None)
@given(drawn=st.data())
def test_one_value_of_any_form_is_stored_or_named_and_never_repeated(kind, drawn):
    body = copy.deepcopy(drawn.draw(bodies(kind)))
    *way, name = drawn.draw(st.sampled_from(list(_places(shape.tree(kind)))))
    place = body
    for step in way:
        place = place[step] if isinstance(place, dict) else place
        place = place[0] if isinstance(place, list) and place else place
    if isinstance(place, dict):
        place[name] = drawn.draw(JUNK)

    for partial in (False, True):
        problems = shape.problems_of(kind, body, partial=partial)
        assert not [problem for problem in problems if CANARY in problem.field + problem.says]
        if not problems:
            assert shape.day_of(kind, body)
            admission.sort(kind, admission.completed(kind, body))


@pytest.mark.parametrize("kind", sorted(registry.KINDS))
@settings(max_examples=20, deadline=None)
@given(body=JUNK)
def test_anything_at_all_is_answered(kind, body):
    for given_ in (body, {"rows": body}, {"rows": [body]}):
        assert isinstance(shape.problems_of(kind, given_), list)


@pytest.mark.parametrize("kind", sorted({new.kind for new in WEEKS}))
def test_a_file_of_any_kind_is_read_as_it_was_written(tmp_path, kind):
    made = [new for new in WEEKS if new.kind == kind]
    listed = (
        [row for new in made for row in new.body["rows"]]
        if registry.KINDS[kind].series
        else [new.body for new in made]
    )
    path = tmp_path / f"{kind}.json"
    path.write_text(json.dumps({"data": listed, "next_token": None}))

    found = list(read(path))
    assert [new.body for new in found if isinstance(new, NewDocument)] == [new.body for new in made]
    assert len(found) == len(made)


@pytest.mark.parametrize("kind", sorted(name for name, kind in registry.KINDS.items() if kind.series))
def test_a_series_has_nothing_private_and_is_sorted_as_a_whole(kind):
    for new in WEEKS:
        if new.kind == kind:
            parts = admission.sort(kind, new.body)
            assert (parts.public, parts.private) == (new.body, None)
