"""Logs carry references and reasons, and nothing else (SR-9.1)."""

import json
import logging
import sys
from typing import Any

import pytest

from config.logs import JsonLines


def logged(message: str, *arguments: object, error: bool = False, **extra: object) -> dict[str, Any]:
    record = logging.LogRecord("ringfence", logging.INFO, __file__, 1, message, arguments, None)
    record.__dict__.update(extra)
    if error:
        record.exc_info = sys.exc_info()
    line = JsonLines().format(record)
    assert "\n" not in line
    assert line.isascii()
    parsed: dict[str, Any] = json.loads(line)
    return parsed


@pytest.mark.parametrize(
    "secret",
    [
        "Authorization: Bearer abcdef0123456789",
        "Basic dXNlcjpwYXNzd29yZA==",
        "https://example.test/callback?code=abcdef0123456789&state=xyz987654",
        '{"access_token": "abcdef0123456789", "refresh_token": "fedcba9876543210"}',
        "{'client_secret': 'abcdef0123456789'}",
        "password=abcdef0123456789",
        "mail to lin@demo.example now",
        "v1.k1.AAAAAAAAAAAAAAAA.abcdef0123456789",
    ],
)
def test_a_secret_in_a_message_or_a_field_is_masked(secret: str):
    for line in (logged("called %s", secret), logged("called", reason=secret)):
        text = json.dumps(line)
        assert "[masked]" in text
        for piece in ("abcdef0123456789", "fedcba9876543210", "xyz987654", "dXNlcjp", "lin@demo"):
            assert piece not in text


def test_only_named_fields_pass():
    line = logged(
        "delivery ended", ref="a1", reason="toggle_off", heart_rate=61, email="x", body={"score": 82}
    )
    assert line.keys() == {"at", "level", "logger", "message", "ref", "reason"}
    assert (line["ref"], line["reason"]) == ("a1", "toggle_off")


def test_an_exception_leaves_its_class_and_lines_but_never_its_text():
    try:
        int("score 82 of lin@demo.example")
    except ValueError:
        line = logged("delivery failed", error=True)
    assert line["error"] == "ValueError"
    assert any("test_logs.py" in place for place in line["where"])
    assert "82" not in line["message"]
    assert "score" not in json.dumps(line["where"])


def test_a_forged_line_break_stays_within_its_line():
    line = logged("page %s", 'x\r\n{"level": "info"}\x1b[2J\u2028')
    assert line["message"] == 'page x\\x0d\\x0a{"level": "info"}\\x1b[2J\\x2028'
