"""What an entry says of itself, as far as the columns beside it repeat it: read from its bytes, written as columns are.

Millions are read in one check, so an entry is read for these alone and becomes one text.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import msgspec
from django.db import connection

BETWEEN = "\x1f"  # stands between columns; nothing in them holds it
NAMES = ("identifier", "time", "kind", "subject", "partner", "outcome", "reason", "types")


class Facts(msgspec.Struct, gc=False):
    """The one fact that a column repeats; the others are passed over."""

    reason: Any = ""


class Told(msgspec.Struct, gc=False):
    """What an entry says, as far as columns repeat it."""

    id: str
    at: str
    kind: str
    subject: str
    partner: str
    facts: Facts
    outcome: str = ""
    types: Sequence[str] = ()


read: Callable[[bytes], Told] = msgspec.json.Decoder(Told).decode


def telling() -> Callable[[Told], str]:
    """Return what writes an entry as the columns beside it should say, on the database in use: NAMES with BETWEEN."""
    return _on_postgres if connection.vendor == "postgresql" else _on_sqlite


def _on_postgres(entry: Told) -> str:
    types = f" {' '.join(entry.types)} " if entry.types else ""
    return (
        f"{entry.id}\x1f{entry.at}\x1f{entry.kind}\x1f{entry.subject}\x1f{entry.partner}\x1f{entry.outcome}"
        f"\x1f{entry.facts.reason}\x1f{types}"
    )


def _on_sqlite(entry: Told) -> str:
    """As Django writes identifiers and times on SQLite."""
    fraction = "" if entry.at[19:26] == ".000000" else entry.at[19:26]
    types = f" {' '.join(entry.types)} " if entry.types else ""
    return (
        f"{entry.id.replace('-', '')}\x1f{entry.at[:10]} {entry.at[11:19]}{fraction}\x1f{entry.kind}\x1f"
        f"{entry.subject}\x1f{entry.partner}\x1f{entry.outcome}\x1f{entry.facts.reason}\x1f{types}"
    )


@contextmanager
def legible() -> Iterator[None]:
    """Have what is no text read as far as it can be: SQLite keeps any bytes as text, and its driver refuses them."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    raw = connection.connection
    before, raw.text_factory = raw.text_factory, partial(str, encoding="utf-8", errors="replace")
    try:
        yield
    finally:
        raw.text_factory = before
