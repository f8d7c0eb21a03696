"""What leaves, written down: every byte of a run that somebody other than the member might see, in order.

Two numbers of a log line are levelled and nothing else is: when it was written and how many seconds a call took are
the machine's own (`at`, `seconds`). All ids, times of the house, boundaries of forms and digests stay as they are:
twins share the member's id and key, the clock and the chance (`frozen.py`). Savepoints are named by a count that goes
on from run to run, so their names are levelled in statements.
"""

import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from config.logs import JsonLines

SAVEPOINT = re.compile(r'"s\d+_x\d+"')
STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
LEVELLED = {"created": 0.0, "msecs": 0.0, "relativeCreated": 0.0}
PRIVATE = "records_privatedocument"


@dataclass
class Transcript:
    """`told` is what happens in every run, in order; `asked` what somebody asked for, by question."""

    told: list[tuple[str, str]] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)
    trespassed: list[str] = field(default_factory=list)  # ways out that asked the private table

    def tell(self, label: str, what: object) -> None:
        self.told.append((label, plain(what)))

    @contextmanager
    def way_out(self, label: str) -> Iterator[list[str]]:
        """List the statements of a way out; that it asks the private table is a finding of its own."""
        with statements() as asked:
            yield asked
        if any(PRIVATE in sql for sql in asked):
            self.trespassed.append(label)


def plain(what: object) -> str:
    """Return a value as one text, the same for the same value."""
    if isinstance(what, bytes):
        return what.decode("latin-1")
    if isinstance(what, str):
        return what
    return json.dumps(what, default=_spelled, ensure_ascii=True)


def _spelled(value: object) -> Any:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    if isinstance(value, frozenset | set):
        return sorted(value)
    return str(value)


def difference(first: Transcript, twin: Transcript) -> str | None:
    """Return the first thing that differs, by its label and both sides; None when nothing does.

    A twin may have been asked fewer questions than the first, never others.
    """
    for one, other in zip(first.told, twin.told, strict=False):
        if one != other:
            return _shown(f"{one[0]} / {other[0]}", one[1], other[1])
    if len(first.told) != len(twin.told):
        more = max(first.told, twin.told, key=len)[min(len(first.told), len(twin.told))]
        return (
            f"{len(first.told)} were told, {len(twin.told)} of the twin; one more: {more[0]}: {more[1][:300]}"
        )
    for question, answer in twin.asked.items():
        if (before := first.asked.get(question)) != answer:
            return _shown(question, str(before), answer)
    trespassed = [*first.trespassed, *twin.trespassed]
    return f"{trespassed[0]} asked the private table" if trespassed else None


def _shown(label: str, one: str, other: str) -> str:
    pairs = enumerate(zip(one, other, strict=False))
    at = next((place for place, (left, right) in pairs if left != right), min(len(one), len(other)))
    begin = max(0, at - 60)
    return f"{label} differs at {at}: …{one[begin : at + 120]}… / …{other[begin : at + 120]}…"


class LogLines(logging.Handler):
    """Every line that is logged, as it is written out, and every extra that was handed over with it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonLines())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        levelled = logging.makeLogRecord({**record.__dict__, **LEVELLED})
        if "seconds" in levelled.__dict__:
            levelled.seconds = 0.0
        extras = {name: value for name, value in levelled.__dict__.items() if name not in STANDARD}
        self.lines.append(self.format(levelled) + plain(extras))

    def taken(self) -> list[str]:
        lines, self.lines = self.lines, []
        return lines


@contextmanager
def log_lines() -> Iterator[LogLines]:
    """Listen to every logger that writes, from DEBUG on."""
    handler, listened = LogLines(), [logging.getLogger(name) for name in ("", "django")]
    before = [(logger, logger.level) for logger in listened]
    for logger in listened:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    try:
        yield handler
    finally:
        for logger, level in before:
            logger.removeHandler(handler)
            logger.setLevel(level)


@contextmanager
def statements() -> Iterator[list[str]]:
    """List the statements of a way out by their text and the number of their values."""
    found: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append(f"{SAVEPOINT.sub('savepoint', sql)} [{len(params or ())}]")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found
