"""Asking Strava for webhooks, and hearing them, over real HTTP both ways."""

from datetime import UTC, datetime

import pytest

from integrations.connectors.port import PartnerTrouble
from integrations.egress import Deadline
from integrations.strava.connector import StravaConnector
from tests.support.listening import listening

strava = StravaConnector()


@pytest.fixture
def subscriber(strava_simulator):
    with listening() as listener:
        strava_simulator.may_call(listener.port)
        yield listener


def subscribe(subscriber, *, verify_token="a-verify-token", path=""):
    return strava.subscribe(
        callback=f"{subscriber.callback}{path}", verify_token=verify_token, deadline=Deadline.in_(5)
    )


def heard(subscriber, subscription):
    headers, body = subscriber.events[-1]
    return strava.notice_of(body=body, headers=headers, subscription=subscription, at=datetime.now(UTC))


def test_the_handshake_happens_inside_the_create_call(strava_simulator, subscriber):
    assert subscribe(subscriber).isdecimal()
    assert subscriber.handshakes == 1


def test_a_wrong_verify_token_makes_no_subscription(strava_simulator, subscriber):
    with pytest.raises(PartnerTrouble):
        subscribe(subscriber, verify_token="wrong")


def test_a_subscription_that_exists_is_kept(strava_simulator, subscriber):
    assert subscribe(subscriber) == subscribe(subscriber)
    assert subscriber.handshakes == 1


def test_a_subscription_of_another_address_is_replaced(strava_simulator, subscriber):
    assert subscribe(subscriber) != subscribe(subscriber, path="new/")


def test_an_activity_logged_at_strava_is_heard_of_and_nothing_of_it_told(strava_simulator, subscriber):
    subscription = subscribe(subscriber)
    key = strava_simulator.log_activity(name="canary")
    notice = heard(subscriber, subscription)
    assert (notice.verb, notice.reference, notice.account) == (
        "created",
        str(key),
        str(strava_simulator.athlete),
    )
    assert b"canary" not in subscriber.events[0][1]


def test_removing_the_app_at_strava_is_heard_of_and_the_tokens_are_dead(strava_simulator, subscriber):
    subscription = subscribe(subscriber)
    tokens = strava_simulator.tokens()
    strava_simulator.remove_app()
    assert heard(subscriber, subscription).verb == "deauthorised"
    assert b'"authorized": "false"' in subscriber.events[0][1]
    assert not strava_simulator.tokens_alive(tokens["access_token"])


def test_an_event_is_told_up_to_three_times_until_it_is_taken(strava_simulator, subscriber):
    subscribe(subscriber)
    subscriber.statuses = [500, 503]
    strava_simulator.log_activity()
    assert len(subscriber.events) == 3
    assert len({body for _, body in subscriber.events}) == 1
    subscriber.statuses = [500] * 9
    strava_simulator.log_activity()
    assert len(subscriber.events) == 6


def test_where_a_signing_secret_is_set_an_unsigned_or_forged_event_is_left(
    strava_simulator, subscriber, settings
):
    subscription = subscribe(subscriber)
    strava_simulator.log_activity()
    settings.STRAVA_SIGNING_SECRET = "the-signing-secret"
    assert heard(subscriber, subscription) is None
    strava_simulator.configure("signing_secret", "another")
    strava_simulator.log_activity()
    assert heard(subscriber, subscription) is None
    strava_simulator.configure("signing_secret", "the-signing-secret")
    strava_simulator.log_activity()
    assert heard(subscriber, subscription).verb == "created"


def test_an_event_of_another_subscription_is_left(strava_simulator, subscriber):
    subscribe(subscriber)
    strava_simulator.log_activity()
    assert heard(subscriber, "77") is None
    assert heard(subscriber, "") is None
