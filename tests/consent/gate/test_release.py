"""A release is made by the gate alone, and cannot stray."""

import copy
import json
import pickle
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from consent.gate import release as sealed

CANARY = 8675309
WHAT: dict[str, Any] = {
    "partner": "strava",
    "data_type": "workout",
    "kind": "workout",
    "day": date(2026, 11, 20),
}


def a_release() -> sealed.Release:
    return sealed.Release(
        sealed._GATE,
        **WHAT,
        fields={"calories": CANARY},
        document_id=uuid4(),
        event_id=uuid4(),
        decided_at=datetime(2026, 11, 20, tzinfo=UTC),
    )


def a_preview() -> sealed.Preview:
    return sealed.Preview(sealed._GATE, **WHAT, fields={"calories": CANARY})


BOTH = pytest.mark.parametrize("make", [a_release, a_preview])


@BOTH
@pytest.mark.parametrize("shown", [repr, str, "{}".format, "{!r}".format])
def test_it_prints_masked(make, shown) -> None:
    assert str(CANARY) not in shown(make())


@BOTH
@pytest.mark.parametrize(
    "stray", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps, vars, lambda it: it.__dict__]
)
def test_it_refuses_to_be_copied_or_stored(make, stray) -> None:
    with pytest.raises((TypeError, AttributeError)):
        stray(make())


def test_only_the_gate_makes_one() -> None:
    with pytest.raises(sealed.ReleaseForged):
        sealed.Preview(object(), **WHAT, fields={})
    with pytest.raises(sealed.ReleaseForged):

        class Forged(sealed.Release):
            pass


def test_a_preview_is_no_release() -> None:
    assert not isinstance(a_preview(), sealed.Release)
