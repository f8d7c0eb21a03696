"""What comes from Strava: recorded shapes are read, what is not ours is dropped, what is garbage is said to be."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from integrations.strava import answers
from records.vocabulary.activities import ACTIVITIES

AT = datetime(2026, 11, 20, 12, 7, 30, tzinfo=UTC)
ACTIVITY = {
    "id": 14000000123, "sport_type": "TrailRun", "start_date": "2026-11-20T10:00:00Z",
    "start_date_local": "2026-11-20T05:00:00Z", "utc_offset": -18000.0, "elapsed_time": 1800, "moving_time": 1750,
    "distance": 5000.5, "has_heartrate": True, "external_id": None, "upload_id": None, "upload_id_str": None,
    "name": "canary period pains", "description": "canary", "map": {"polyline": "canary"}, "start_latlng": [60.1, 24.9],
    "gear_id": "canary", "device_name": "canary", "suffer_score": 99, "average_temp": 22, "calories": 400,
}  # fmt: skip
EVENT = {
    "aspect_type": "create", "event_time": 1789000000, "object_id": 14000000123, "object_type": "activity",
    "owner_id": 10000001, "subscription_id": 77, "updates": {},
}  # fmt: skip


def read(**changes):
    return answers.activity({**ACTIVITY, **changes})


def notice(subscription="77", **changes):
    return answers.notice(json.dumps({**EVENT, **changes}).encode(), subscription=subscription)


def test_an_activity_keeps_sport_times_with_their_real_offset_and_distance_and_drops_the_rest():
    assert read().incoming().fields == {
        "activity": "trail_running",
        "start_datetime": "2026-11-20T05:00:00-05:00",
        "end_datetime": "2026-11-20T05:30:00-05:00",
        "distance": 5000.5,
    }
    assert "canary" not in repr(read())


def test_every_sport_has_a_word_of_ours():
    assert set(answers._WORDS.values()) <= ACTIVITIES
    assert read(sport_type="Velomobile").workout["activity"] == "other"


@pytest.mark.parametrize("distance", [0.0, -1, "5", None, True, float("nan"), float("inf"), 10**400])
def test_a_distance_that_nobody_can_have_gone_is_no_distance(distance):
    assert "distance" not in read(distance=distance).workout


def test_an_athlete_who_hides_the_start_time_gives_no_time_to_import():
    """Such activities come back as one second past midnight, which would be a false time."""
    assert read(start_date="2026-11-20T05:00:01Z").start is None


def test_heart_rate_is_left_where_the_athlete_opted_out():
    assert read().has_heart_rate
    assert not read(heartrate_opt_out=True).has_heart_rate
    assert not read(has_heartrate=False).has_heart_rate


def test_our_own_upload_is_known_by_its_external_id_with_or_without_extension_and_by_its_upload():
    found = read(external_id="4f0c61f5-6a3a-4b8b-9a51-0f8f2a1f3c11.tcx", upload_id=15000000001)
    assert {"4f0c61f5-6a3a-4b8b-9a51-0f8f2a1f3c11", "15000000001", "14000000123"} <= found.ids


@pytest.mark.parametrize(
    "broken",
    [
        {"id": "x"}, {"id": None}, {"start_date": None}, {"start_date": "soon"}, {"start_date": "2026-11-20T10:00:00"},
        {"utc_offset": None}, {"utc_offset": "x"}, {"utc_offset": 10**9}, {"elapsed_time": None}, {"elapsed_time": -1},
        {"elapsed_time": 10**12}, {"id": 10**30}, {"start_date": "9999-12-31T23:59:59Z"},
        {"start_date": "0001-01-01T00:00:00Z"},
    ],
)  # fmt: skip
def test_an_activity_that_cannot_be_read_is_garbage(broken):
    with pytest.raises(answers.Garbage) as said:
        read(**broken)
    assert "soon" not in str(said.value)


def test_streams_become_rows_in_utc():
    reply = {"time": {"data": [0, 60, 120]}, "heartrate": {"data": [100, None, 104]}}
    start = datetime.fromisoformat("2026-11-20T05:00:00-05:00")
    assert answers.heart_rate_rows(reply, start) == [
        {
            "timestamp": "2026-11-20T10:00:00+00:00",
            "timestamp_unix": 1795168800000,
            "bpm": 100,
            "source": "workout",
        },
        {
            "timestamp": "2026-11-20T10:02:00+00:00",
            "timestamp_unix": 1795168920000,
            "bpm": 104,
            "source": "workout",
        },
    ]


@pytest.mark.parametrize(
    "reply",
    [
        [],
        {"heartrate": {}},
        {"heartrate": {"data": [1]}},
        {"time": {"data": [1, 2]}, "heartrate": {"data": [1]}},
    ],
)
def test_streams_that_do_not_fit_together_are_garbage(reply):
    with pytest.raises(answers.Garbage):
        answers.heart_rate_rows(reply, AT)


@pytest.mark.parametrize(
    ("access", "refresh"),
    [
        ("", "r"),
        ("a", None),
        ("a\r\nx: y", "r"),
        ("a", "\ud800"),
        ("é", "r"),
        ("a" * 5000, "r"),
        ("a", "r\x00"),
    ],
)
def test_a_token_that_cannot_travel_in_a_header_is_garbage(access, refresh):
    with pytest.raises(answers.Garbage) as said:
        answers.tokens({"access_token": access, "refresh_token": refresh, "expires_at": 1800000000})
    assert str(said.value) == "Strava's answer holds no usable token."


@pytest.mark.parametrize("scopes", [["activity:write"], {"activity:write": 1}, 5, True])
def test_scopes_in_no_known_form_are_garbage(scopes):
    with pytest.raises(answers.Garbage):
        answers.granted(scopes)


def test_only_words_are_scopes():
    said = f"read,activity:write\x00,<b>,{'a' * 100} activity:read"
    assert answers.granted(said) == {"read", "activity:read"}


@pytest.mark.parametrize("odd", ["../athlete?x=", "5\x00", "9" * 40, ["5"], "٥"])
def test_an_upload_is_known_by_a_number_alone(odd):
    processing = reply(status="Your activity is still being processed.")
    assert answers.upload({**processing, "id_str": odd}).upload_id == "5"
    with pytest.raises(answers.Garbage):
        answers.upload({**processing, "id_str": odd, "id": odd})


def test_an_activity_number_longer_than_any_table_can_keep_is_garbage():
    with pytest.raises(answers.Garbage):
        answers.upload(reply(status="Your activity is ready.", activity_id=10**300))


def test_a_limit_that_is_no_number_is_no_limit():
    headers = {"X-RateLimit-Limit": "200,2000", "X-RateLimit-Usage": f"1,{'9' * 5000}"}
    assert answers.rest_after_429(headers, AT) <= timedelta(minutes=15)


FAILED = "There was an error processing your activity."


def reply(error=None, status=FAILED, activity_id=None):
    return {"id": 5, "id_str": "5", "error": error, "status": status, "activity_id": activity_id}


@pytest.mark.parametrize(
    ("said", "state", "activity"),
    [
        (reply(status="Your activity is still being processed."), "processing", None),
        (reply(status="Your activity is ready.", activity_id=9), "ready", "9"),
        (reply("w.tcx duplicate of activity 42"), "duplicate", "42"),
        (reply("w.tcx duplicate of <a href='/activities/42' target='_blank'>Run</a>"), "duplicate", "42"),
        (reply("The file is malformed."), "failed", None),
        (reply(f"w.tcx duplicate of activity {'9' * 5000}"), "failed", None),
        (reply(status="The created activity has been deleted."), "failed", None),
    ],
)  # fmt: skip
def test_an_uploads_state_is_read(said, state, activity):
    assert answers.upload(said) == answers.Upload("5", state, activity)


@pytest.mark.parametrize(
    ("headers", "rest"),
    [
        ({}, timedelta(minutes=7, seconds=30)),
        ({"X-RateLimit-Limit": "200,2000", "X-RateLimit-Usage": "201,300"}, timedelta(minutes=7, seconds=30)),
        (
            {"X-RateLimit-Limit": "200,2000", "X-RateLimit-Usage": "20,2000"},
            timedelta(hours=11, minutes=52, seconds=30),
        ),
        (
            {"X-ReadRateLimit-Limit": "100,1000", "X-ReadRateLimit-Usage": ","},
            timedelta(minutes=7, seconds=30),
        ),
        ({"X-RateLimit-Limit": "lots", "X-RateLimit-Usage": "1,2,3"}, timedelta(minutes=7, seconds=30)),
    ],
)
def test_too_many_calls_rest_until_the_next_quarter_hour_or_until_midnight(headers, rest):
    assert answers.rest_after_429(headers, AT) == rest


def test_a_notice_names_its_account_and_what_to_fetch():
    found = notice()
    assert (found.verb, found.account, found.reference) == ("created", "10000001", "14000000123")
    assert notice(aspect_type="update").verb == "changed"
    assert notice(aspect_type="delete").verb == "deleted"
    assert found.message_id != notice(aspect_type="delete").message_id != notice(event_time=1).message_id


@pytest.mark.parametrize("word", ["false", False])
def test_removing_the_app_is_heard_as_a_string_and_as_a_boolean(word):
    found = notice(
        object_type="athlete", aspect_type="update", object_id=10000001, updates={"authorized": word}
    )
    assert found.verb == "deauthorised"


@pytest.mark.parametrize(
    "changes",
    [
        {"subscription_id": 78},
        {"subscription_id": None},
        {
            "object_type": "athlete",
            "aspect_type": "update",
            "object_id": 10000001,
            "updates": {"authorized": "true"},
        },
        {
            "object_type": "athlete",
            "aspect_type": "update",
            "object_id": 5,
            "updates": {"authorized": "false"},
        },
        {"object_type": "athlete", "aspect_type": "delete", "object_id": 10000001},
        {"aspect_type": "guess"},
        {"owner_id": "10000001; drop"},
        {"object_id": None},
    ],
)
def test_a_notice_that_is_not_ours_or_says_nothing_is_left(changes):
    assert notice(**changes) is None


def test_without_a_subscription_of_ours_no_notice_is_believed():
    assert notice(subscription="", subscription_id="") is None


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_notice_is_left(body):
    assert answers.notice(body, subscription="77") is None


def signature(body: bytes, stamp: int, secret: str = "key") -> str:
    code = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={code}"


def test_a_signature_holds_for_the_raw_bytes_and_300_seconds():
    now = int(AT.timestamp())
    assert answers.signed(b"{}", signature(b"{}", now), secret="key", at=AT)
    assert answers.signed(b"{}", signature(b"{}", now - 300), secret="key", at=AT)
    assert not answers.signed(b"{}", signature(b"{}", now - 301), secret="key", at=AT)
    assert not answers.signed(b"{ }", signature(b"{}", now), secret="key", at=AT)
    assert not answers.signed(b"{}", signature(b"{}", now, "other"), secret="key", at=AT)


@pytest.mark.parametrize(
    "header", ["", "t=,v1=", "t=x,v1=y", "v1=abc", "t=1795176450", "t=²,v1=a", "t=1795176450,v1=ü"]
)
def test_a_signature_that_cannot_be_read_does_not_hold(header):
    assert not answers.signed(b"{}", header, secret="key", at=AT)
