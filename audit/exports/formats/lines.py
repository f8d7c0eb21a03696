"""CSV (RFC 4180, every cell quoted) and JSON Lines."""

import csv
import io
from collections.abc import Callable

from audit.exports import reading
from audit.exports.columns import CELLS, LINES, NAMES, safe
from audit.exports.reading import Page
from audit.exports.selection import Selection
from audit.exports.target import Target

AT_ONCE = 500  # lines a block where rows are objects


def write_csv(selection: Selection, target: Target, progress: Callable[[int], None]) -> None:
    target.write(_csv([list(NAMES)]))
    if reading.on_postgres():
        from audit.exports.formats import tables  # Arrow takes tens of megabytes, which others do without

        def write(page: Page) -> None:
            target.write(tables.csv_of(tables.table_of(page, harmless=True)))

        reading.in_turn(reading.pages(selection, CELLS, progress), write)
        return
    for some in reading.batched(reading.rows(selection, progress), AT_ONCE):
        target.write(_csv([[safe(cell) for cell in row.cells()] for row in some]))


def write_jsonl(selection: Selection, target: Target, progress: Callable[[int], None]) -> None:
    """Write `{"entry":<the bytes that were hashed>,"index":N}` a line."""
    if reading.on_postgres():
        blocks = (page.text(page.columns[0]) for page in reading.pages(selection, [LINES], progress))
    else:
        blocks = (
            b"".join([b'{"entry":%s,"index":%d}\n' % (row.body, row.index) for row in some])
            for some in reading.batched(reading.rows(selection, progress), AT_ONCE)
        )
    reading.in_turn(blocks, target.write)


def _csv(rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()
