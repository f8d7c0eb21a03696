"""Whatever is sent to the member API: a 4xx that says what to do, a problem document, and nothing repeated (SR-4.8)."""

import json

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.api_v1 import strict
from tests.integrations.api_v1.test_reading import HOME, grant_of, problem
from tests.integrations.tokens.keys import OwnProgram
from tests.support.sizes import size

ROUTES = (
    "connections", "connections/{ref}", "connections/{ref}/toggles", "connections/{ref}/stop", "stop", "receipts",
    "receipts/{ref}", "receipts/{ref}.jws", "ledger", "nothing", "", "connections/", "receipts/x.jws",
)  # fmt: skip
TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
VALUE = st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | TEXT, lambda each: st.lists(each, max_size=3) | st.dictionaries(TEXT, each, max_size=3), max_leaves=8)  # fmt: skip  # noqa: E501
BODIES = st.binary(max_size=60) | VALUE.map(lambda value: json.dumps(value).encode())


@settings(max_examples=size(400, least=40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from(ROUTES),
    ref=st.uuids() | st.just("mine"),
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE"]),
    query=st.dictionaries(st.sampled_from(["after", "limit", "format"]) | TEXT, TEXT, max_size=2),
    body=BODIES,
    content_type=st.sampled_from(["application/json", "text/plain", "multipart/form-data", "x", ""]),
    accept=st.sampled_from(["*/*", "text/html", "application/xml", ""]),
)
def test_garbage_is_never_our_mistake(
    mine: OwnProgram, route, ref, method, query, body, content_type, accept
):
    path = route.format(ref=grant_of(mine).ref if ref == "mine" else ref)
    answer = Client().generic(
        method,
        f"{HOME}/{path}",
        body,
        content_type,
        query_params=query,
        headers={**mine.headers, "Accept": accept},
    )
    assert answer.status_code < 500, answer.content
    if answer.status_code >= 400 and method != "HEAD":
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code


@given(st.binary(max_size=40) | VALUE.map(lambda value: json.dumps(value).encode()))
def test_reading_json_ends_in_a_value_or_a_sentence(raw):
    try:
        strict.read(raw)
    except strict.Unreadable as unreadable:
        said = str(unreadable)
    else:
        said = "It was read."
    assert said.endswith(".")


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b'{"a": 1, "a": 2}', "once"),
        (b'{"on": NaN}', "finite"),
        (b'{"on": 1e999}', "finite"),
        (b'{"on": -Infinity}', "finite"),
        (b'["' + b"\\u0000" + b'"]', "control"),
        (b'["' + b"\\ud800" + b'"]', "control"),
        (b"[" * 17 + b"]" * 17, "16 levels"),
        (b"[" * 100_000, "16 levels"),
        (b"\xff", "UTF-8"),
        (b"1" * 5000, "shorter numbers"),
        (b"", "one JSON object"),
    ],
)
def test_a_body_is_shallow_finite_and_plain(raw, says):
    with pytest.raises(strict.Unreadable, match=says):
        strict.read(raw)


def test_texts_are_read_in_one_form():
    assert strict.read('["e\u0301"]'.encode()) == ["\u00e9"]


def test_a_body_over_the_limit_is_refused(mine):
    address = f"{HOME}/connections/{grant_of(mine).ref}/toggles"
    large = b'{"flow": "' + b"x" * strict.LARGEST + b'"}'
    answer = Client().generic("POST", address, large, "application/json", headers=mine.headers)
    problem(answer, 413, "unreadable")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_only_json_is_a_body(mine, content_type):
    address = f"{HOME}/connections/{grant_of(mine).ref}/toggles"
    answer = Client().generic("POST", address, b"flow=export", content_type, headers=mine.headers)
    problem(answer, 415, "unreadable")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=1&limit=2",
        "after=x",
        "canary=1",
        "limit=%00",
    ],
)
def test_a_query_that_cannot_be_used_is_refused(mine, query):
    for listed in ("connections", "receipts", "ledger"):
        answer = mine.get(f"{HOME}/{listed}?{query}")
        problem(answer, 400, "unreadable")
        assert "canary" not in answer.content.decode()


def test_another_method_is_told_which_there_are(mine):
    answer = Client().delete(f"{HOME}/connections", headers=mine.headers)
    problem(answer, 405, "method")
    assert "GET" in answer["Allow"]


def test_a_mistake_of_ours_is_a_problem_document_too(mine, caplog):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE consent_grants_grant RENAME COLUMN history_from TO gone")
    # The key's own statement asks for no such column; the list does.
    answer = mine.get(f"{HOME}/connections")
    problem(answer, 500, "ours")
    assert "gone" not in answer.content.decode()
    assert mine.key not in caplog.text
