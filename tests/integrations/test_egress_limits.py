"""How long, how large and how often the one door lets a call be, against real servers on loopback (SR-7.8)."""

import socket
import threading
import time
from contextlib import closing

import pytest

from integrations import egress_breaker
from integrations.egress import Deadline, EgressError, NoAnswer, NotSent, TooLarge
from tests.support.sockets import OK, a_server, ask, fixed


@pytest.fixture(autouse=True)
def _no_memory_of_failures():
    egress_breaker.forget()


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


def test_an_answer_that_is_too_long_is_a_sign_of_life_too(settings):
    with a_server(settings, fixed(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000)) as (
        url,
        _,
    ):
        for _ in range(6):
            with pytest.raises(TooLarge):
                ask(url, limit=4999)


def test_those_who_fail_at_a_host_in_a_lane_of_their_own_hold_up_nobody_else(settings):
    with a_server(settings, lambda connection: None) as (url, received):
        for _ in range(5):
            with pytest.raises(NoAnswer):
                ask(url, lane="one")
        with pytest.raises(NotSent):
            ask(url, lane="one")
        with pytest.raises(NoAnswer):
            ask(url, lane="other")
    assert len(received) == 6


def test_hosts_that_anybody_may_name_are_not_all_remembered():
    for number in range(3_000):
        egress_breaker.breaker_of(f"{number}.example", 443, lane="one")
    assert len(egress_breaker._breakers) <= egress_breaker.MOST


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
