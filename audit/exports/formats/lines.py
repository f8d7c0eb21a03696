"""CSV (RFC 4180, every cell quoted) and JSON Lines. On PostgreSQL the database writes the lines itself."""

import csv
import io
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from audit.exports import reading
from audit.exports.columns import LINE, NAMES, SAFE, Row, safe
from audit.exports.selection import Selection
from audit.exports.target import Target

AT_ONCE = 500  # lines a block where rows are objects


def write_csv(selection: Selection, target: Target, progress: Callable[[int], None]) -> None:
    target.write(_csv([list(NAMES)]))
    if reading.on_postgres():
        blocks = reading.copied(selection, SAFE, reading.QUOTED, progress)
    else:
        blocks = (
            _csv([[safe(cell) for cell in row.cells()] for row in some])
            for some in _batches(reading.rows(selection, progress))
        )
    _write(blocks, target)


def write_jsonl(selection: Selection, target: Target, progress: Callable[[int], None]) -> None:
    """Write `{"entry":<the bytes that were hashed>,"index":N}` a line."""
    if reading.on_postgres():
        blocks = reading.copied(selection, LINE, reading.BARE, progress)
    else:
        blocks = (
            b"".join([b'{"entry":%s,"index":%d}\n' % (row.body, row.index) for row in some])
            for some in _batches(reading.rows(selection, progress))
        )
    _write(blocks, target)


def _write(blocks: Iterator[bytes], target: Target) -> None:
    """Hash and write one block while the database prepares the next."""
    with ThreadPoolExecutor(1, thread_name_prefix="lines") as hand:
        before: Future[int] | None = None
        for block in blocks:
            if before:
                before.result()
            before = hand.submit(target.write, block)
        if before:
            before.result()


def _csv(rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    some: list[Row] = []
    for row in rows:
        some.append(row)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some
