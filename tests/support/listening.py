"""A subscriber of webhooks on a loopback port: answers handshakes and events as it is told, and keeps what came."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

# From the query's parameters to status and body; status 0 = it hangs up without a word.
Challenged = Callable[[dict[str, str]], tuple[int, bytes]]


def echoes(query: dict[str, str]) -> tuple[int, bytes]:
    """Answer a challenge as it should be."""
    return 200, json.dumps({"challenge": query["challenge"]}).encode()


@dataclass
class Subscriber:
    """What came (`events`, with their headers) and how it answers: a status for each event in turn, then 200."""

    verify_token: str
    port: int = 0
    statuses: list[int] = field(default_factory=list)
    events: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    handshakes: int = 0
    challenged: Challenged | None = (
        None  # how it answers a challenge of the compatible API; None = it has none
    )
    asked: list[str] = field(default_factory=list)  # the path and query of each handshake
    answered_with: dict[str, str] = field(default_factory=dict)  # headers of its answers to events
    takes: float = 0.0  # seconds that it takes for an event
    answers: bytes = b""  # the body of its answers to events

    @property
    def callback(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhook/"

    def wait_for(self, count: int) -> None:
        until = time.monotonic() + 5
        while len(self.events) < count and time.monotonic() < until:
            time.sleep(0.02)
        assert len(self.events) >= count


@contextmanager
def listening(verify_token: str = "a-verify-token") -> Iterator[Subscriber]:
    subscriber = Subscriber(verify_token)

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            subscriber.handshakes += 1
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            subscriber.asked.append(self.path)
            if subscriber.challenged is not None:
                self._answer(*subscriber.challenged(query))
                return
            right = query.get("hub.verify_token") == subscriber.verify_token
            self._answer(
                200 if right else 403, json.dumps({"hub.challenge": query.get("hub.challenge")}).encode()
            )

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:  # whoever sent it is gone: this is no message
                return
            subscriber.events.append(({name.lower(): value for name, value in self.headers.items()}, body))
            time.sleep(subscriber.takes)
            self._answer(subscriber.statuses.pop(0) if subscriber.statuses else 200, subscriber.answers)

        def _answer(self, status: int, body: bytes) -> None:
            if not status:
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            for name, value in subscriber.answered_with.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):  # whoever asked may read no further
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        subscriber.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield subscriber
        finally:
            server.shutdown()
