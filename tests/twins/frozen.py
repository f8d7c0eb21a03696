"""What two runs must have in common to be compared byte by byte: the clock, and the ids and nonces that chance gives.

Nothing of ours is replaced. The time is the database's, so the database is told another; randomness is the system's,
so the system is given another. Each step of a run begins at its own time and its own place in the streams, whatever
went before it: what one twin drew more in a step does not shift the next step.
"""

import hashlib
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

TICK = timedelta(milliseconds=1)  # each look at the clock is a little later: the number of looks shows
_SCHEMA = """
CREATE SCHEMA IF NOT EXISTS twins;
CREATE SEQUENCE IF NOT EXISTS twins.ticks MINVALUE 0 START 0;
CREATE OR REPLACE FUNCTION twins.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
$$ SELECT current_setting('twins.began')::timestamptz + nextval('twins.ticks') * interval '1 millisecond' $$;
SET LOCAL search_path = twins, pg_catalog, public;
"""


class Stream:
    """Bytes that look random and are the same for the same name."""

    def __init__(self) -> None:
        self.name, self.drawn = "", 0

    def begin(self, name: str) -> None:
        self.name, self.drawn = name, 0

    def __call__(self, size: int) -> bytes:
        self.drawn += 1
        return hashlib.shake_256(f"{self.name}|{self.drawn}".encode()).digest(size)


class Frozen:
    """The clock and the streams of a run. `ids` feeds uuid4 and the boundaries of forms, `nonces` all of `secrets`."""

    def __init__(self) -> None:
        self.ids, self.nonces = Stream(), Stream()
        self.moment = datetime.min.replace(tzinfo=UTC)

    def step(self, name: str, at: datetime) -> None:
        """Begin a step: it is `at` now, and chance begins anew."""
        self.ids.begin(f"ids|{name}")
        self.nonces.begin(f"nonces|{name}")
        self.moment = at
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('twins.began', %s, true)", [at.isoformat()])
                cursor.execute("SELECT setval('twins.ticks', 0, false)")

    def now(self, _form: str, _when: str) -> str:
        """Answer for SQLite's `strftime(…, 'now')`."""
        told = self.moment.isoformat(timespec="milliseconds")
        self.moment += TICK
        return told


@contextmanager
def frozen(patch: pytest.MonkeyPatch) -> Iterator[Frozen]:
    """Give this test's database another clock and this process another chance. Inside a transaction."""
    world = Frozen()
    patch.setattr(os, "urandom", world.ids)
    patch.setattr(random, "_urandom", world.nonces)  # `secrets` draws here
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_SCHEMA)
        yield world
        return
    connection.ensure_connection()
    connection.connection.create_function("strftime", 2, world.now)
    try:
        yield world
    finally:
        connection.connection.create_function("strftime", 2, None)
