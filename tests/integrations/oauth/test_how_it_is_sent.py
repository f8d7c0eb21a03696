"""Calls to the token, revocation and introspection endpoints that cannot be read: a 4xx in their own shape (SR-4.8)."""

from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.integrations.oauth.judging import lives, refused
from tests.support.program import FORM, Program

ENDPOINTS = ("/oauth/token", "/oauth/revoke", "/oauth/introspect")
CUT_OFF = b'--x\r\nContent-Disposition: form-data; name="token"\r\n\r\nabc'
WHOLE = CUT_OFF + b"\r\n--x--\r\n"


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        (FORM, b"token=" + b"x" * 1_100_000, 413),
        ("application/json", b" " * 1_100_000, 400),
        (FORM, b"&".join(b"a%d=1" % number for number in range(1_100)), 400),
        (f"{FORM}; charset=utf-16", b"token=a", 400),
        ("multipart/form-data; boundary=x", CUT_OFF, 400),
        ("multipart/form-data; boundary=x", WHOLE, 400),
        ("multipart/form-data", WHOLE, 400),
        (FORM, b"token=%00&client_id=%00&client_secret=%00", 400),
        (FORM, b"token=%ED%A0%80", 400),
        (FORM, b"token=%ff", 400),
        ("application/json", b"[" * 100_000, 400),
    ],
    ids=range(11),
)
def test_what_cannot_be_read_is_told_in_the_endpoints_own_shape(db, endpoint, kind, body, status):
    answer = Client().post(endpoint, body, content_type=kind)
    assert refused(answer, "invalid_request", status)
    assert answer["X-Request-Id"]


def test_an_older_client_may_say_that_it_sends_json_and_send_none(lin, tab, sahha: Program):
    token = sahha.pair(tab)["access_token"]
    answer = sahha.http.post(f"/oauth/revoke?{urlencode({'access_token': token})}", b"", "application/json")
    assert (answer.status_code, answer.json()) == (200, {})
    assert not lives(token)
