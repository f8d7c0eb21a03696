"""What two runs must have in common to be compared byte by byte: the clock, and the ids and nonces that chance gives.

Nothing of ours is replaced. The time is the database's, so the database is told another; randomness is the system's,
so the system is given another. Each step of a run begins at its own time and its own place in the streams, whatever
went before it: what one twin drew more in a step does not shift the next step.
"""

import hashlib
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

TICK = timedelta(milliseconds=1)  # each look at the clock is a little later: the number of looks shows
READS = {  # what `consent.grants.clock` asks, and what the database answers instead
    "sqlite": ("SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')", "SELECT '{}'"),
    "postgresql": ("SELECT clock_timestamp()", "SELECT timestamptz '{}'"),
}

BESIDE = {  # the clock inside a longer statement, which counts requests and tells the time
    "sqlite": (
        ("strftime('%%Y-%%m-%%dT%%H:%%M:%%f+00:00', 'now')", "'{}'"),
        ("strftime('%%s', 'now')", "strftime('%%s', '{}')"),
    ),
    "postgresql": (("clock_timestamp()", "timestamptz '{}'"),),
}


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

    def ask(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Pass a statement on to the database; one that reads the clock reads ours."""
        if sql == READS[connection.vendor][0]:
            sql = READS[connection.vendor][1].format(self.moment.isoformat(timespec="milliseconds"))
            self.moment += TICK
        for clock, told in BESIDE[connection.vendor]:
            if clock in sql:
                sql = sql.replace(clock, told.format(self.moment.isoformat(timespec="milliseconds")))
        return execute(sql, params, many, context)


@contextmanager
def frozen(patch: pytest.MonkeyPatch) -> Iterator[Frozen]:
    """Give this test's database another clock and this process another chance."""
    world = Frozen()
    patch.setattr(os, "urandom", world.ids)
    patch.setattr(random, "_urandom", world.nonces)  # `secrets` draws here
    patch.setattr(timezone, "now", lambda: world.moment)
    with connection.execute_wrapper(world.ask):
        yield world
