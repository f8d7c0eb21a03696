"""A generated projector releases what the readable projection does, and nothing that hides inside a value."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.gate.projectors import Projector
from consent.manifests.register import manifests
from consent.manifests.shapes import Granularity
from records.vocabulary.registry import KINDS
from records.vocabulary.shapes import DocumentKind, Field, Value
from tests.consent.gate.test_compiled import documents

EVERY = [
    (manifest.slug, flow, kind) for manifest in manifests() for flow in manifest.flows for kind in flow.fields
]


def canary(leaf: Field):
    if leaf.value is Value.SAMPLE:
        return {"interval": 5, "items": [1, None], "timestamp": f"canary {leaf.path}", "hidden": "canary"}
    return [f"canary {leaf.path}"] if leaf.value is Value.STRINGS else f"canary {leaf.path}"


def filled(kind: DocumentKind) -> dict:
    """A document with a canary in every field, in every container, and beside them."""
    body: dict = {"unknown": "canary", "contributors": {"unknown": "canary"}}
    for leaf in kind.fields:
        here, *rest = leaf.path.split(".")
        place = body
        for name in rest:
            key = here.removesuffix("[]")
            place = place.setdefault(
                key, [{"unknown": "canary"}] if here.endswith("[]") else {"unknown": "canary"}
            )
            place, here = (place[0] if isinstance(place, list) else place), name
        place[here] = canary(leaf)
    return {"rows": [body], "unknown": "canary"} if kind.series else body


def paths(value, under: str = "") -> set[str]:
    """The paths of the leaves of a released document; a row of a series counts as the document."""
    if isinstance(value, dict) and "items" not in value:
        found = set()
        for name, inner in value.items():
            found |= paths(inner, under if name == "rows" else f"{under}.{name}".strip("."))
        return found
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {path for inner in value for path in paths(inner, f"{under}[]" if under else under)}
    return {under}


@pytest.mark.parametrize(("slug", "flow", "kind"), EVERY, ids=lambda each: getattr(each, "key", each))
def test_with_a_canary_in_every_field_exactly_the_declared_ones_leave(slug, flow, kind) -> None:
    known = KINDS[kind]
    projector = Projector(known, flow.fields[kind], Granularity.AS_RECORDED)
    body = filled(known)
    released = projector.project(body)

    assert paths(released) == {*flow.fields[kind], *known.envelope}
    assert '"canary"' not in json.dumps(released)
    assert projector.from_json(json.dumps(body).encode()) == released == projector.readable(body)


@settings(max_examples=500, deadline=None)
@given(documents(), st.data())
def test_the_generated_projection_is_the_readable_one(datum, data) -> None:
    kind = KINDS[datum.kind]
    covered = data.draw(st.frozensets(st.sampled_from([leaf.path for leaf in kind.fields])))
    projector = Projector(kind, covered, data.draw(st.sampled_from(Granularity)))
    expected = projector.readable(datum.fields)

    assert projector.project(datum.fields) == expected
    assert projector.from_json(json.dumps(datum.fields).encode()) == expected


def row(second: int, bpm: int | None) -> dict:
    at = datetime.fromtimestamp(1_795_000_000 // 60 * 60 + second, UTC)
    return {
        "timestamp": at.isoformat(),
        "timestamp_unix": int(at.timestamp() * 1000),
        "bpm": bpm,
        "source": "rest",
    }


def test_heart_rate_goes_at_one_sample_a_minute_the_first_that_has_a_value() -> None:
    rows = [row(50, 64), row(0, None), row(5, 61), row(30, 62), row(60, 65), row(119, 66)]
    thin = Projector(KINDS["heartrate"], ["bpm"], Granularity.ONE_A_MINUTE)
    released = thin.project({"rows": rows}) or {}

    assert [each["bpm"] for each in released["rows"]] == [61, 65]
    assert all(set(each) == {"timestamp", "timestamp_unix", "bpm"} for each in released["rows"])


def test_of_the_newest_only_the_newest_leaves() -> None:
    newest = Projector(KINDS["heartrate"], ["bpm"], Granularity.NEWEST)
    released = newest.project({"rows": [row(5, 61), row(70, 63), row(9, 62)]}) or {}

    assert [each["bpm"] for each in released["rows"]] == [63]
    assert newest.project({"rows": [{"timestamp": "soon", "bpm": 61}]}) is None


def test_an_array_of_which_nothing_leaves_leaves_no_count_behind() -> None:
    route = Projector(KINDS["workout_route"], ["points[].lat"], Granularity.AS_RECORDED)

    assert route.project({"id": "r", "day": "2026-11-20", "points": [{"lon": 1.0}, {"lon": 2.0}]}) is None


def test_no_name_that_is_not_of_the_vocabulary_becomes_code() -> None:
    evil = DocumentKind(
        name="evil", fields=(Field(path="a'];import os", data_type="steps", value=Value.INTEGER),)
    )

    with pytest.raises(ValueError, match="vocabulary"):
        Projector(evil, ["a'];import os"], Granularity.AS_RECORDED)
