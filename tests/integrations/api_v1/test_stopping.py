"""Stopping by key: at once, with a receipt, as often as a retry likes. Saying yes takes the member."""

import pytest
from django.core import mail

from consent.grants.models import Grant
from consent.manifests.ceilings import OWN_PROGRAM
from tests.factories import READINESS_OUT, WORKOUT_OUT
from tests.integrations.api_v1.test_reading import HOME, grant_of, problem, told
from tests.integrations.tokens.keys import SCORE


def on(grant: Grant) -> set[str]:
    return set(grant.toggles.filter(on=True).values_list("flow", flat=True))


def toggles(grant: Grant) -> str:
    return f"{HOME}/connections/{grant.ref}/toggles"


def test_a_switch_is_turned_off_at_once_and_twice_is_once(mine):
    grant = grant_of(mine)
    first = told(mine.post(toggles(grant), {"flow": WORKOUT_OUT, "on": False}))
    again = told(mine.post(toggles(grant), {"flow": WORKOUT_OUT, "on": False}))

    assert on(grant) == {READINESS_OUT}
    assert first == again
    assert first == {
        "connection": str(grant.ref),
        "receipt": str(grant.receipts.latest("number").ref),
        "still_open": 0,
    }
    assert len(mail.outbox) >= 1


def test_no_key_says_yes(mine):
    grant = grant_of(mine)
    for flow in ("export:activity_score", WORKOUT_OUT, "import:workout", "export:period"):
        answer = problem(mine.post(toggles(grant), {"flow": flow, "on": True}), 403, "consent-needed")
        assert answer["where"] == "/connections/strava/"
    own = grant_of(mine, OWN_PROGRAM)
    answer = problem(mine.post(toggles(own), {"flow": "export:workout", "on": True}), 403, "consent-needed")
    assert answer["where"] == "/tokens/"
    assert on(grant) == {WORKOUT_OUT, READINESS_OUT}
    assert on(own) == {SCORE}


def test_a_switch_that_is_none_is_refused_and_not_repeated(mine):
    for flow in ("export:period", "canary", ""):
        answer = mine.post(toggles(grant_of(mine)), {"flow": flow, "on": False})
        problem(answer, 422, "no-such-switch")
        assert "canary" not in answer.content.decode()


@pytest.mark.parametrize(
    "body", [None, {}, [], '"x"', {"flow": WORKOUT_OUT}, {"flow": 1, "on": False}, {"flow": WORKOUT_OUT, "on": "no"},
             {"flow": WORKOUT_OUT, "on": False, "canary": 1}]
)  # fmt: skip
def test_another_form_of_body_is_refused_and_changes_nothing(mine, body):  # SR-4.8
    grant = grant_of(mine)
    answer = mine.post(toggles(grant), body)
    problem(answer, 422, "unreadable")
    assert "canary" not in answer.content.decode()
    assert on(grant) == {WORKOUT_OUT, READINESS_OUT}


def test_one_connection_is_stopped_and_twice_is_once(mine):
    grant = grant_of(mine)
    first = told(mine.post(f"{HOME}/connections/{grant.ref}/stop"))
    assert told(mine.post(f"{HOME}/connections/{grant.ref}/stop", {})) == first
    grant.refresh_from_db()
    assert grant.status == "withdrawn"
    problem(mine.post(toggles(grant), {"flow": WORKOUT_OUT, "on": False}), 409, "already-ended")
    assert mine.get(f"{HOME}/connections").status_code == 200


def test_stopping_everything_stops_the_key_as_well(mine, theirs):
    stopped = told(mine.post(f"{HOME}/stop"))["data"]

    assert len(stopped) == 2
    assert not Grant.objects.filter(member=mine.token.member, status="active").exists()
    assert Grant.objects.filter(member=theirs.token.member, status="active").count() == 2
    problem(mine.get(f"{HOME}/connections"), 401, "unauthorized")
    problem(mine.post(f"{HOME}/stop"), 401, "unauthorized")


def test_stopping_takes_no_body(mine):
    problem(mine.post(f"{HOME}/stop", {"why": "canary"}), 422, "unreadable")
    assert grant_of(mine).status == "active"
