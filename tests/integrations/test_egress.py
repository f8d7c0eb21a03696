"""The one door to the network, against real servers on loopback (SR-7.7, SR-7.8, SR-5.1)."""

import logging
import socket
import threading
import time
from contextlib import closing, contextmanager

import pytest

from integrations import egress_breaker
from integrations.egress import (
    AddressRefused,
    Call,
    Deadline,
    EgressError,
    NoAnswer,
    NotSent,
    TooLarge,
    send,
)
from tests.integrations.releases import EVENT, a_preview, a_release

HOSTS = frozenset({"127.0.0.1"})
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Token: secret-of-the-partner\r\n\r\nok"


@pytest.fixture(autouse=True)
def _no_memory_of_failures():
    egress_breaker.forget()


@contextmanager
def a_server(settings, answer, *, listed=True):
    """Serve every connection with `answer(connection)`; gives (url, what was received)."""
    received: list[bytes] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(10)
        port = server.getsockname()[1]
        settings.DEMO = True
        settings.EGRESS_LOOPBACK_PORTS = [port] if listed else []

        def serve():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=one, args=(connection,), daemon=True).start()

        def one(connection):
            with closing(connection):
                connection.settimeout(5)
                try:
                    received.append(connection.recv(65536))
                    answer(connection)
                except OSError:
                    pass

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{port}", received


def fixed(data):
    return lambda connection: connection.sendall(data)


def ask(url, **parts):
    deadline = parts.pop("deadline", Deadline.in_(5))
    limit = parts.pop("limit", 65536)
    carries = parts.pop("carries", None)
    return send(
        Call(parts.pop("method", "GET"), url, **parts),
        hosts=HOSTS,
        deadline=deadline,
        limit=limit,
        carries=carries,
    )


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


def test_a_server_that_drips_is_cut_off_by_the_clock_on_the_wall(settings):
    """Each byte comes well within any read timeout; the whole would take a minute."""

    def drip(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\n")
        for _ in range(600):
            connection.sendall(b"x")
            time.sleep(0.1)

    began = time.monotonic()
    with a_server(settings, drip) as (url, _), pytest.raises(NoAnswer) as cut:
        ask(url, deadline=Deadline.in_(0.6))
    assert time.monotonic() - began < 1.2
    assert cut.value.trouble == "deadline"
    assert cut.value.may_have_arrived


def test_a_server_that_says_nothing_may_have_got_it(settings):
    with a_server(settings, lambda connection: time.sleep(2)) as (url, received), pytest.raises(NoAnswer):
        ask(url, method="POST", form={"a": "b"}, deadline=Deadline.in_(0.4))
    assert received


def test_a_worker_that_wakes_after_the_deadline_sends_nothing(settings):
    """SR-7.2: the send deadline counts from the claim."""
    with a_server(settings, fixed(OK)) as (url, received):
        deadline = Deadline.in_(0.05)
        time.sleep(0.1)
        with pytest.raises(NotSent):
            ask(url, deadline=deadline)
    assert received == []


def test_a_worker_that_wakes_between_connecting_and_writing_sends_nothing(settings, monkeypatch):
    def slow_connect(address, timeout, **kwargs):
        sock = real(address, timeout)
        time.sleep(0.4)  # stopped here, woken too late
        return sock

    real = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", slow_connect)
    with a_server(settings, fixed(OK)) as (url, received):
        with pytest.raises(NotSent):
            ask(url, deadline=Deadline.in_(0.3))
        time.sleep(0.1)
    assert b"".join(received) == b""


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n" + b"x" * 5000 + b"\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 5000,
    ],
    ids=["length", "chunked", "until close"],
)
def test_an_answer_longer_than_allowed_is_dropped(settings, data):
    with a_server(settings, fixed(data)) as (url, _), pytest.raises(TooLarge):
        ask(url, limit=4999)


def test_nobody_may_ask_for_more_than_eight_mebibytes():
    with pytest.raises(ValueError, match="8388608 bytes"):
        ask("https://127.0.0.1/", limit=8 * 1024 * 1024 + 1)


@pytest.mark.parametrize(
    "data", [b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", b""]
)
def test_an_answer_that_is_no_http_may_still_have_arrived(settings, data):
    with a_server(settings, fixed(data)) as (url, _), pytest.raises(NoAnswer):
        ask(url)


def test_a_closed_port_sends_nothing(settings):
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    settings.EGRESS_LOOPBACK_PORTS = [port]
    with pytest.raises(NotSent):
        ask(f"http://127.0.0.1:{port}")


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


def test_five_failures_in_a_row_let_a_partner_rest(settings):
    with a_server(settings, lambda connection: None) as (url, received):
        for _ in range(5):
            with pytest.raises(NoAnswer):
                ask(url)
        with pytest.raises(NotSent) as resting:
            ask(url)
    assert resting.value.trouble == "partner_resting"
    assert len(received) == 5


def test_an_answer_of_any_status_is_a_sign_of_life(settings):
    sick = b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"
    with a_server(settings, fixed(sick)) as (url, _):
        assert [ask(url).status for _ in range(6)] == [500] * 6


def test_a_partner_gets_four_calls_at_once_and_the_fifth_waits_within_its_deadline(settings):
    release = threading.Event()

    def wait(connection):
        release.wait(5)
        connection.sendall(OK)

    ends: list[object] = []

    def one(url):
        try:
            ends.append(ask(url).status)
        except EgressError as error:
            ends.append(error.trouble)

    with a_server(settings, wait) as (url, received):
        threads = [threading.Thread(target=one, args=(url,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        while len(received) < 4:
            time.sleep(0.01)
        with pytest.raises(NotSent) as busy:
            ask(url, deadline=Deadline.in_(0.2))
        release.set()
        for thread in threads:
            thread.join()
    assert busy.value.trouble == "partner_busy"
    assert ends == [200] * 4
