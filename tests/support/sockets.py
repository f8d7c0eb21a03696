"""A server on a loopback port that answers as it is told, and the call that asks it."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from integrations.egress import Answer, Call, Deadline, send

HOSTS = frozenset({"127.0.0.1"})
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Token: secret-of-the-partner\r\n\r\nok"


@contextmanager
def a_server(
    settings: Any, answer: Callable[[socket.socket], object], *, listed: bool = True
) -> Iterator[tuple[str, list[bytes]]]:
    """Serve every connection with `answer(connection)`; gives (url, what was received)."""
    received: list[bytes] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(10)
        port = server.getsockname()[1]
        settings.DEMO = True
        settings.EGRESS_LOOPBACK_PORTS = [port] if listed else []

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=one, args=(connection,), daemon=True).start()

        def one(connection: socket.socket) -> None:
            with closing(connection):
                connection.settimeout(5)
                try:
                    received.append(connection.recv(65536))
                    answer(connection)
                except OSError:
                    pass

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{port}", received


def fixed(data: bytes) -> Callable[[socket.socket], object]:
    return lambda connection: connection.sendall(data)


def ask(url: str, **parts: Any) -> Answer:
    deadline = parts.pop("deadline", Deadline.in_(5))
    limit = parts.pop("limit", 65536)
    carries, lane = parts.pop("carries", None), parts.pop("lane", "")
    return send(
        Call(parts.pop("method", "GET"), url, **parts),
        hosts=HOSTS,
        deadline=deadline,
        limit=limit,
        carries=carries,
        lane=lane,
    )
