"""Strava at the other end of a socket that is none: egress connects to it, and every byte is kept.

It stands below `integrations.egress`, so that what is compared is what would have been on the wire.
"""

import json
import re
import socket
from typing import Any

import pytest

PORT = 9
BASE = f"http://127.0.0.1:{PORT}/api/v3"
HOOK = f"http://127.0.0.1:{PORT}/webhook/"


class Wire:
    """What went out, call by call, and the activities that the partner made of it."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.sent: list[bytes] = []
        self.activities: dict[str, dict[str, Any]] = {}

    def connect(self, address: tuple[str, int], timeout: float | None = None) -> "_Line":
        assert address[1] == PORT, "nobody but the partner is called"
        return _Line(self)

    def answer(self, call: bytes) -> bytes:
        """Answer as Strava does: an upload is an activity at once, an activity's description can be written."""
        head, _, body = call.partition(b"\r\n\r\n")
        method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        if path.startswith("/webhook/"):
            return _reply(200, {})
        if method == "POST" and path.endswith("/uploads"):
            named = re.search(rb'name="external_id"\r\n\r\n([^\r]+)', body)
            number = 9000 + len(self.activities)
            known = {
                "id": number,
                "external_id": f"{named[1].decode()}.tcx" if named else "",
                "description": "",
            }
            self.activities[str(number)] = known
            made = {**known, "id_str": str(number), "error": None, "activity_id": number}
            return _reply(201, {**made, "status": "Your activity is ready."})
        found = self.activities.get(path.rpartition("/")[2])
        if found is None:
            return _reply(404, {})
        if method == "PUT":
            found.update(json.loads(body))
        return _reply(200, found)


class _Line:
    """The few verbs of a socket that egress uses."""

    def __init__(self, wire: Wire) -> None:
        self._wire, self._said, self._reply = wire, b"", b""

    def send(self, part: bytes) -> int:
        self._said += part
        return len(part)

    def recv(self, most: int) -> bytes:
        if self._said:
            self._wire.sent.append(self._said)
            self._reply, self._said = self._wire.answer(self._said), b""
        part, self._reply = self._reply[:most], self._reply[most:]
        return part

    def settimeout(self, seconds: float | None) -> None: ...
    def setsockopt(self, *option: Any) -> None: ...
    def close(self) -> None: ...


def _reply(status: int, body: Any) -> bytes:
    told = json.dumps(body).encode()
    return b"HTTP/1.1 %d .\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
        status,
        len(told),
        told,
    )


def on_the_wire(patch: pytest.MonkeyPatch, settings: Any) -> Wire:
    """Put this partner where the settings say Strava is."""
    wire = Wire()
    patch.setattr(socket, "create_connection", wire.connect)
    settings.DEMO, settings.EGRESS_LOOPBACK_PORTS = True, [PORT]
    settings.STRAVA_API_URL = BASE
    settings.STRAVA_TOKEN_URL = settings.STRAVA_REVOKE_URL = f"http://127.0.0.1:{PORT}/oauth"
    return wire
