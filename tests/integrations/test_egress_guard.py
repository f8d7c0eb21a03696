"""Which addresses the one door opens to (SR-7.7)."""

import socket
import time
from ipaddress import ip_address

import pytest

from integrations.egress import AddressRefused, Call, Deadline, NotSent, send
from integrations.egress_guard import checked_addresses, is_public

REFUSED = {
    "this network": "0.0.0.0",
    "loopback": "127.0.0.1",
    "loopback, elsewhere in its net": "127.8.8.8",
    "private": "10.1.2.3",
    "private, middle": "172.16.0.1",
    "private, small": "192.168.1.1",
    "link-local, where clouds keep their keys": "169.254.169.254",
    "shared by carriers, not private to Python": "100.64.0.1",
    "protocol assignments": "192.0.0.1",
    "protocol assignments, global to Python": "192.0.0.9",
    "documentation": "192.0.2.1",
    "old relay of 6to4": "192.88.99.1",
    "benchmarks": "198.18.0.1",
    "multicast, global to Python": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "IPv6 unspecified": "::",
    "IPv6 loopback": "::1",
    "unique local": "fd00::1",
    "IPv6 link-local": "fe80::1",
    "with a zone": "fe80::1%1",
    "site-local, global to Python": "fec0::1",
    "IPv6 multicast": "ff02::1",
    "IPv6 multicast, of global scope": "ff0e::1",
    "IPv6 documentation": "2001:db8::1",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped private": "::ffff:10.0.0.1",
    "compatible loopback, global to Python": "::127.0.0.1",
    "compatible private": "::10.0.0.1",
    "NAT64 loopback, global to Python": "64:ff9b::7f00:1",
    "NAT64 link-local": "64:ff9b::a9fe:a9fe",
    "NAT64 of one's own network": "64:ff9b:1::808:808",
    "6to4 loopback": "2002:7f00:1::1",
    "6to4 private": "2002:c0a8:101::1",
    "translated loopback, global to Python": "::ffff:0:127.0.0.1",
    "of no unicast range that was ever given out, where overlay networks live": "200::1",
    "not given out yet": "4000::1",
    "Teredo with a private server": "2001:0:a00:1:0:0:f7f7:f7f7",
    "Teredo with a loopback client": "2001:0:4136:e378:8000:63bf:80ff:fffe",
}
PUBLIC = {
    "IPv4": "8.8.8.8",
    "IPv6": "2606:4700:4700::1111",
    "mapped": "::ffff:8.8.8.8",
    "NAT64": "64:ff9b::808:808",
    "6to4": "2002:808:808::1",
}


def resolver(*addresses: str):
    """Stand in for the system's resolver, which is not ours."""

    def answer(host, port, *args, **kwargs):
        return [
            (
                socket.AF_INET6 if ":" in address else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (address, port),
            )
            for address in addresses
        ]

    return answer


@pytest.mark.parametrize("address", REFUSED.values(), ids=REFUSED.keys())
def test_an_address_that_is_not_public_in_any_form_is_refused(address, monkeypatch):
    assert not is_public(ip_address(address))
    monkeypatch.setattr(socket, "getaddrinfo", resolver(address))
    with pytest.raises(AddressRefused):
        checked_addresses("partner.example", 443, loopback=False, deadline=Deadline.in_(5))


@pytest.mark.parametrize("address", PUBLIC.values(), ids=PUBLIC.keys())
def test_a_public_address_is_open(address):
    assert is_public(ip_address(address))


def test_a_name_with_one_private_address_among_public_ones_is_refused_whole(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", resolver("8.8.8.8", "10.0.0.5"))
    with pytest.raises(AddressRefused):
        checked_addresses("partner.example", 443, loopback=False, deadline=Deadline.in_(5))


def test_what_is_connected_to_is_what_was_checked_and_the_name_is_resolved_once(monkeypatch, settings):
    """A second answer of a rebinding name server is never asked for (DNS rebinding)."""
    asked, connected = [], []
    answers = iter([resolver("8.8.8.8"), resolver("127.0.0.1")])

    def getaddrinfo(host, port, *args, **kwargs):
        asked.append(host)
        return next(answers)(host, port)

    def create_connection(address, timeout, **kwargs):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket, "create_connection", create_connection)
    with pytest.raises(NotSent):
        send(
            Call("GET", "https://partner.example/"),
            hosts=frozenset({"partner.example"}),
            deadline=Deadline.in_(5),
        )

    assert asked == ["partner.example"]
    assert connected == [("8.8.8.8", 443)]


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
def test_a_number_that_the_system_reads_as_loopback_is_refused(host):
    with pytest.raises((AddressRefused, NotSent)):
        send(Call("GET", f"https://{host}/"), hosts=frozenset({host}), deadline=Deadline.in_(5))


def test_a_name_that_does_not_resolve_sends_nothing(monkeypatch):
    def getaddrinfo(*args, **kwargs):
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(NotSent):
        checked_addresses("partner.example", 443, loopback=False, deadline=Deadline.in_(5))


def test_a_resolver_that_never_answers_does_not_outlast_the_deadline(monkeypatch):
    def getaddrinfo(*args, **kwargs):
        time.sleep(2)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    began = time.monotonic()
    with pytest.raises(NotSent):
        checked_addresses("partner.example", 443, loopback=False, deadline=Deadline.in_(0.2))
    assert time.monotonic() - began < 1
