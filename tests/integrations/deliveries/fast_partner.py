"""A partner that takes every upload at once and remembers when each reached it: real HTTP, beyond egress."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count


class FastPartner(ThreadingHTTPServer):
    """`arrivals` are monotonic times, one for each request that reached the partner."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, *, takes: float) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.takes, self.numbers = takes, count(1)
        self.arrivals: list[float] = []
        self.lock = threading.Lock()


class _Answers(BaseHTTPRequestHandler):
    server: FastPartner

    def do_POST(self) -> None:
        with self.server.lock:
            self.server.arrivals.append(time.monotonic())
            number = next(self.server.numbers)
        self.rfile.read(int(self.headers["content-length"]))
        time.sleep(self.server.takes)
        upload = {"id": number, "error": None, "status": "Your activity is ready.", "activity_id": number}
        body = json.dumps(upload).encode()
        self.send_response(201)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def fast_partner(settings, *, takes: float = 0.01) -> Iterator[FastPartner]:
    """Serve it where Strava is expected, for as long as the block lasts."""
    server = FastPartner(takes=takes)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    port = server.server_address[1]
    settings.EGRESS_LOOPBACK_PORTS = [*settings.EGRESS_LOOPBACK_PORTS, port]
    settings.STRAVA_API_URL = f"http://127.0.0.1:{port}/api/v3"
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
