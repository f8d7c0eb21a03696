"""What the one door opens for and what it lets through, against real servers on loopback (SR-7.7, SR-5.1)."""

import logging

import pytest

from integrations import egress_breaker
from integrations.egress import AddressRefused, Call, Deadline, send
from tests.integrations.releases import EVENT, a_preview, a_release
from tests.support.sockets import OK, a_server, ask, fixed


@pytest.fixture(autouse=True)
def _no_memory_of_failures():
    egress_breaker.forget()


def test_an_answer_comes_back_with_its_headers_under_any_case(settings):
    with a_server(settings, fixed(OK)) as (url, received):
        answer = ask(f"{url}/path", query={"a": "b c"}, headers={"authorization": "Bearer t"})

    assert (answer.status, answer.body, answer.headers["x-TOKEN"]) == (200, b"ok", "secret-of-the-partner")
    assert received[0].startswith(b"GET /path?a=b+c HTTP/1.1\r\nHost: 127.0.0.1")
    assert b"accept-encoding: identity" in received[0].lower()


def test_a_redirect_is_an_answer_and_is_not_followed(settings):
    data = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with a_server(settings, fixed(data)) as (url, received):
        assert ask(url).status == 302
    assert len(received) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://other.example/",
        "https://127.0.0.1.other.example/",
        "http://partner.example/",
        "https://partner.example:8443/",
        "https://member@partner.example/",
        "https://member:password@partner.example/",
        "https://partner.example/#part",
        "https://partner.example/#",
        "https://partner.example@other.example/",
        "ftp://partner.example/",
        "file:///etc/passwd",
        "//partner.example/",
        "https://",
        "https://partner.example\\@other.example/",
        "https://partner.example\n.other.example/",
    ],
)
def test_an_address_that_the_partner_does_not_name_is_refused(url):
    with pytest.raises(AddressRefused) as refused:
        send(Call("GET", url), hosts=frozenset({"partner.example"}), deadline=Deadline.in_(1))
    assert not refused.value.may_have_arrived


def test_a_loopback_port_that_is_not_listed_is_refused(settings):
    with a_server(settings, fixed(OK), listed=False) as (url, received), pytest.raises(AddressRefused):
        ask(url)
    assert received == []


def test_outside_the_demo_world_loopback_is_refused_though_listed(settings):
    with a_server(settings, fixed(OK)) as (url, received):
        settings.DEMO = False
        with pytest.raises(AddressRefused):
            ask(url)
    assert received == []


def test_a_proxy_of_the_environment_is_not_asked(settings, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with a_server(settings, fixed(OK)) as (url, _):
        assert ask(url).status == 200


@pytest.mark.parametrize(
    "parts",
    [
        {"json": {"deep": [{"preview": None}]}},
        {"form": {"preview": None}},
        {"headers": {"preview": None}},
        {"query": {"preview": None}},
        {"body": None},
        {"files": {"file": ("name", None, "text/plain")}},
    ],
)
@pytest.mark.parametrize("sealed", [a_preview, a_release])
def test_neither_a_preview_nor_a_bare_release_can_be_put_into_a_call(settings, parts, sealed):
    def planted(value):
        if isinstance(value, dict):
            return {key: planted(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(planted(part) for part in value)
        return sealed() if value is None else value

    with a_server(settings, fixed(OK)) as (url, received), pytest.raises(TypeError):
        ask(url, method="POST", **{name: planted(value) for name, value in parts.items()})
    assert received == []


def test_a_preview_cannot_be_carried(settings):
    with a_server(settings, fixed(OK)) as (url, received), pytest.raises(TypeError):
        ask(url, carries=[a_preview()])
    assert received == []


def test_the_log_names_method_host_path_status_and_time_and_nothing_else(settings, caplog):
    caplog.set_level(logging.DEBUG)
    with a_server(settings, fixed(OK)) as (url, _):
        ask(
            f"{url}/activities/777",
            method="POST",
            template="/activities/{id}",
            headers={"authorization": "Bearer canary-token"},
            query={"q": "canary-query"},
            form={"f": "canary-form"},
            carries=[a_release()],
        )
    (line,) = [record for record in caplog.records if record.name == "integrations.egress"]
    assert (line.method, line.host, line.path, line.status) == ("POST", "127.0.0.1", "/activities/{id}", 200)
    assert line.event_id == str(EVENT)
    written = " ".join(str(record.__dict__) for record in caplog.records)
    for canary in ("canary", "secret-of-the-partner", "777", "142"):
        assert canary not in written.replace(str(EVENT), "")


def test_what_went_out_and_came_back_prints_masked(settings):
    call = Call(
        "POST",
        "https://p.example/secret",
        headers={"a": "secret"},
        json={"a": "secret"},
        basic=("a", "secret"),
    )
    with a_server(settings, fixed(OK)) as (url, _):
        answer = ask(url)
    assert "secret" not in repr(call)
    assert "secret" not in repr(answer)
