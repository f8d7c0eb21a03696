"""Bodies that ask for a subscription: what is wrong with one is said without an echo, and nobody is called (SR-4.8)."""

import pytest

from tests.integrations.events.hooks import Hooks


@pytest.mark.parametrize(
    ("parts", "where", "kind"),
    [
        ({"event_type": "created"}, "event_type", "enum"),
        ({"event_type": 7}, "event_type", "enum"),
        ({"data_type": None}, "data_type", "enum"),
        ({"data_type": ["workout"]}, "data_type", "enum"),
        ({"callback_url": 7}, "callback_url", "string_type"),
        ({"callback_url": ""}, "callback_url", "string_length"),
        ({"callback_url": "https://a.example/" + "x" * 3000}, "callback_url", "string_length"),
        ({"callback_url": "https://a.example/\x00"}, "callback_url", "string_pattern"),
        ({"callback_url": "https://a.example/\ud800"}, "callback_url", "string_pattern"),
        ({"verification_token": None}, "verification_token", "string_type"),
        ({"verification_token": "x" * 2000}, "verification_token", "string_length"),
    ],
)
def test_a_body_that_is_not_right_is_422_without_an_echo(hooks: Hooks, parts, where, kind):
    answer = hooks.call("POST", body=hooks.wish(**parts))
    assert answer.status_code == 422
    (fault,) = answer.json()["detail"]
    assert (fault["loc"], fault["type"]) == (["body", where], kind)
    assert set(fault) == {"loc", "msg", "type"}  # SR-4.8


def test_whatever_is_missing_is_named(hooks: Hooks):
    faults = hooks.call("POST", body={}).json()["detail"]
    assert {(fault["loc"][1], fault["type"]) for fault in faults} == {
        (name, "missing") for name in ("callback_url", "verification_token", "event_type", "data_type")
    }
    (made,) = hooks.subscribe("workout", "create")
    answer = hooks.call("PUT", f"/{made['id']}", {"event_type": "update"})
    assert [fault["loc"] for fault in answer.json()["detail"]] == [["body", "verification_token"]]


def test_a_member_that_no_body_has_is_refused_and_not_repeated(hooks: Hooks):  # SR-4.8
    (made,) = hooks.subscribe("workout", "update")
    more: dict[str, object] = {"pregnancy": {"a": {"b": []}}}
    for method, path in (("POST", ""), ("PUT", f"/{made['id']}")):
        answer = hooks.call(method, path, {**hooks.wish(), **more})
        assert answer.status_code == 422
        (fault,) = answer.json()["detail"]
        assert (fault["loc"], fault["type"]) == (["body"], "extra_forbidden")
        assert "pregnancy" not in answer.content.decode()
    assert hooks.call("GET").json() == [made]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"\xff\xfe{}",
        b'{"event_type":"create","event_type":"update"}',
        b'{"verification_token": NaN}',
        b'{"a":' + b"1" * 5000 + b"}",
        b"[" * 8000,
        b'{"a":' * 2000 + b"1" + b"}" * 2000,
    ],
)
def test_a_body_that_is_no_plain_object_is_422(hooks: Hooks, raw):
    answer = hooks.call("POST", body=raw)
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_a_body_over_the_limit_is_413(hooks: Hooks):
    assert hooks.call("POST", body=b" " * 20_000).status_code == 413
    assert hooks.call("POST", body=b" " * 2_000_000).status_code == 413
