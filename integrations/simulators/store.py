"""Where simulated partners keep their things: one SQLite file of its own, shared by threads and processes.

It is the partners' side, so it is no table of ours: named JSON documents by kind, and what was received, in
order.
"""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

_TABLES = """
CREATE TABLE IF NOT EXISTS things (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS things_by_name ON things (kind, name);
-- a real partner's ids have outgrown 32 bits
INSERT INTO sqlite_sequence (name, seq)
    SELECT 'things', 14000000000 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'things');
"""
_ready: set[str] = set()


class Things:
    """One open transaction over the store."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, kind: str, name: str, body: dict[str, Any]) -> int:
        row = self._connection.execute(
            "INSERT INTO things (kind, name, body) VALUES (?, ?, ?)", (kind, name, json.dumps(body))
        )
        return int(row.lastrowid or 0)

    def put(self, key: int, body: dict[str, Any]) -> None:
        self._connection.execute("UPDATE things SET body = ? WHERE id = ?", (json.dumps(body), key))

    def get(self, kind: str, key: int) -> dict[str, Any] | None:
        found = self._found("SELECT id, body FROM things WHERE kind = ? AND id = ?", kind, key)
        return found[0][1] if found else None

    def named(self, kind: str, name: str) -> list[tuple[int, dict[str, Any]]]:
        return self._found("SELECT id, body FROM things WHERE kind = ? AND name = ? ORDER BY id", kind, name)

    def every(self, kind: str) -> list[tuple[int, dict[str, Any]]]:
        return self._found("SELECT id, body FROM things WHERE kind = ? ORDER BY id", kind)

    def count(self, kind: str) -> int:
        return int(
            self._connection.execute("SELECT count(*) FROM things WHERE kind = ?", (kind,)).fetchone()[0]
        )

    def drop(self, kind: str, name: str | None = None) -> None:
        self._connection.execute(
            "DELETE FROM things WHERE kind = ? AND name = coalesce(?, name)", (kind, name)
        )

    def _found(self, query: str, *values: object) -> list[tuple[int, dict[str, Any]]]:
        return [(int(key), json.loads(body)) for key, body in self._connection.execute(query, values)]


@contextmanager
def things() -> Iterator[Things]:
    """Open a transaction; all of it is kept, or nothing when the block raises."""
    path = Path(settings.SIMULATOR_STORE)
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=NORMAL")
        if str(path) not in _ready or path.stat().st_size == 0:
            _make_ready(connection)
            _ready.add(str(path))
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield Things(connection)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def _make_ready(connection: sqlite3.Connection) -> None:
    """Make the tables if they are not there. Two processes may come at once, and WAL waits for no lock."""
    for attempt in range(50):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} COMMIT;")
        except sqlite3.OperationalError:
            if attempt == 49:
                raise
            time.sleep(0.05)
        else:
            return
