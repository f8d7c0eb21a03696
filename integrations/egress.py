"""The one door to the network: every call to a partner goes out here and nowhere else.

It opens only to the hosts that the caller names, resolves once and connects to what it checked (SR-7.7),
ends by the clock on the wall (SR-7.8), follows no redirect, reads no proxy from the environment, keeps no
connection, and logs a method, a host, a path's template, a status and a time: never a body, a header's value
or a query.
"""

import base64
import functools
import logging
import socket
import ssl
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx
from django.conf import settings

from consent.gate.release import Preview, Release
from integrations.egress_breaker import breaker_of
from integrations.egress_guard import CONNECT_SECONDS, LOOPBACK_NAMES, checked_addresses
from integrations.egress_shapes import (
    AddressRefused,
    Answer,
    Call,
    Deadline,
    EgressError,
    Headers,
    NoAnswer,
    NotSent,
    TooLarge,
)

__all__ = [
    "AddressRefused",
    "Answer",
    "Call",
    "Deadline",
    "EgressError",
    "NoAnswer",
    "NotSent",
    "TooLarge",
    "host_of",
    "send",
]

LIMIT = 64 * 1024
LARGEST_LIMIT = 8 * 1024 * 1024
_logger = logging.getLogger(__name__)
for _name in ("httpx", "httpcore"):  # at DEBUG they would print headers, at INFO whole addresses (SR-9.1)
    logging.getLogger(_name).setLevel(logging.WARNING)


def host_of(url: str) -> str:
    """Return the host of a configured address, as `hosts` of `send` wants it."""
    return httpx.URL(url).raw_host.decode("ascii").lower()


def send(
    call: Call,
    *,
    hosts: frozenset[str],
    deadline: Deadline,
    limit: int = LIMIT,
    carries: Sequence[Release] | None = None,
    lane: str = "",
) -> Answer:
    """Send one request and return its answer, of any status. `carries`: the releases whose values are in it.

    `limit` 0: only the status and the headers are wanted, and nothing of the body is read. `lane`: whose call it is,
    where anybody may name the host (`egress_breaker`).

    Raises AddressRefused or NotSent (nothing went out), NoAnswer (it may have arrived), TooLarge (so it did,
    most likely); TypeError when what is to be sent is not a release's own wire form.
    """
    _refuse_what_is_no_wire_form(call, carries)
    if limit > LARGEST_LIMIT:
        raise ValueError(f"No answer may be longer than {LARGEST_LIMIT} bytes (SR-7.8).")
    began, status, trouble = time.monotonic(), 0, ""
    host = "-"
    try:
        url, loopback = _checked_url(call.url, hosts)
        host = url.host
        port = url.port or 443
        with breaker_of(host, port, lane).passage(deadline):
            answer = _exchange(call, url, _Backend(deadline, loopback=loopback), limit)
    except EgressError as error:
        trouble = error.trouble
        raise
    else:
        status = answer.status
        return answer
    finally:
        _logger.info(
            "egress",
            extra={
                "method": call.method,
                "host": host,
                "path": call.template,
                "status": status,
                "trouble": trouble,
                "seconds": round(time.monotonic() - began, 3),
                "event_id": ",".join(str(release.event_id) for release in carries or ()),
            },
        )


def _refuse_what_is_no_wire_form(call: Call, carries: Sequence[Release] | None) -> None:
    """A preview never leaves; a release leaves only as the form that its partner's wire made of it."""
    for release in carries or ():
        if not isinstance(release, Release):
            raise TypeError("Only a Release can be carried out. A Preview is for the member's own eyes.")
    for part in (call.headers, call.query, call.form, call.json, call.body, call.files):
        _refuse_sealed(part)
    if call.body is not None and not isinstance(call.body, bytes):
        raise TypeError("A body is bytes.")


def _refuse_sealed(value: object) -> None:
    if isinstance(value, Preview | Release):
        raise TypeError(f"A {type(value).__name__} cannot be put into a call. Send its partner's wire form.")
    if isinstance(value, Mapping):
        _refuse_sealed(list(value.values()))
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            _refuse_sealed(part)


def _checked_url(text: str, hosts: frozenset[str]) -> tuple[httpx.URL, bool]:
    """Return the address and whether it is one of the demo world's loopback ports. Raises AddressRefused."""
    try:
        url = httpx.URL(text)
        host = url.raw_host.decode("ascii").lower()
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise AddressRefused("address_not_readable") from None
    if url.userinfo or url.fragment or "#" in text:
        raise AddressRefused("address_with_userinfo_or_fragment")
    if not host or host not in hosts:
        raise AddressRefused("host_not_named")
    if url.scheme == "http" and host in LOOPBACK_NAMES:
        if settings.DEMO and (url.port or 80) in settings.EGRESS_LOOPBACK_PORTS:
            return url, True
        raise AddressRefused("loopback_port_not_listed")
    if url.scheme != "https" or url.port not in {None, 443}:
        raise AddressRefused("not_https_on_443")
    return url, False


def _exchange(call: Call, url: httpx.URL, backend: "_Backend", limit: int) -> Answer:
    """Send and read. Whatever breaks is told by whether a byte of the request had gone out."""
    try:
        return _ask(call, url, backend, limit)
    except EgressError:
        raise
    except _TimeIsUpError:
        trouble = "deadline"
    except (httpcore.NetworkError, httpcore.TimeoutException, OSError):
        trouble = "connection"
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol):
        trouble = "protocol"
    if backend.wrote:
        raise NoAnswer(trouble) from None
    raise NotSent(trouble) from None


def _ask(call: Call, url: httpx.URL, backend: "_Backend", limit: int) -> Answer:
    request = _request(call, url)
    with httpcore.ConnectionPool(
        ssl_context=_tls(), network_backend=backend, max_keepalive_connections=0, retries=0
    ) as pool:
        target = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        content = request.read()
        with pool.stream(request.method, target, headers=request.headers.raw, content=content) as response:
            body = bytearray()
            for part in response.iter_stream() if limit else ():
                body += part
                if len(body) > limit:
                    raise TooLarge("answer_too_long")
            pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers]
            return Answer(response.status, Headers(pairs), bytes(body))


def _request(call: Call, url: httpx.URL) -> httpx.Request:
    headers = {"accept": "application/json", "user-agent": "Ringfence", **call.headers}
    headers |= {"accept-encoding": "identity", "connection": "close"}  # no decompression, so no bomb
    if call.basic is not None:
        pair = base64.b64encode(":".join(call.basic).encode()).decode("ascii")
        headers["authorization"] = f"Basic {pair}"
    return httpx.Request(
        call.method,
        url.copy_merge_params(call.query) if call.query else url,
        headers=headers,
        data=dict(call.form) if call.form is not None else None,
        files=dict(call.files) if call.files else None,
        json=call.json,
        content=call.body,
    )


@functools.cache
def _tls() -> ssl.SSLContext:
    context = httpx.create_ssl_context(trust_env=False)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class _TimeIsUpError(Exception):
    """The deadline passed."""


@dataclass
class _Backend(httpcore.NetworkBackend):
    """Connects to checked addresses only. `wrote` tells whether any byte of the request has gone out."""

    deadline: Deadline
    loopback: bool
    wrote: bool = False

    def left(self, ceiling: float | None = None) -> float:
        """Return the seconds a step may take; who wakes after the deadline does nothing more (SR-7.2)."""
        if self.deadline.passed:
            raise _TimeIsUpError
        return min(ceiling or self.deadline.remaining(), self.deadline.remaining()) or 0.001

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        connecting = Deadline.in_(self.left(CONNECT_SECONDS))
        failure: OSError = OSError()
        for address in checked_addresses(host, port, loopback=self.loopback, deadline=self.deadline):
            try:
                sock = socket.create_connection((address, port), self.left(connecting.remaining() or 0.001))
            except OSError as error:
                failure = error
            else:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return _Stream(sock, self)
        raise httpcore.ConnectError from failure


class _Stream(httpcore.NetworkStream):
    """A connection whose every wait is cut to what is left of the deadline."""

    def __init__(self, sock: socket.socket, backend: _Backend) -> None:
        self._sock, self._backend = sock, backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._sock.settimeout(self._backend.left(timeout))
        try:
            return self._sock.recv(max_bytes)
        except OSError as error:
            self._backend.left()
            raise httpcore.ReadError from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        while buffer:
            self._sock.settimeout(self._backend.left(timeout))
            self._backend.wrote = True
            try:
                sent = self._sock.send(buffer)
            except OSError as error:
                self._backend.left()
                raise httpcore.WriteError from error
            buffer = buffer[sent:]

    def close(self) -> None:
        self._sock.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        self._sock.settimeout(self._backend.left(CONNECT_SECONDS))
        try:
            sock = ssl_context.wrap_socket(self._sock, server_hostname=server_hostname)
        except OSError as error:  # an unknown certificate is one too
            self._sock.close()
            raise httpcore.ConnectError from error
        return _Stream(sock, self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._sock if info == "socket" else None
