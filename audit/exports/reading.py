"""The rows of a selection a page at a time, without making one of them an object: PostgreSQL hands over whole columns.

A page is one row of the answer: each of its values is a column of the log, a line a cell. Python sees a handful of byte
strings for a thousand entries. SQLite has no such thing; there, and for what people read, rows come one by one.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from django.db import connection

from audit.exports.columns import STORED, Row
from audit.exports.errors import EntriesDamaged
from audit.exports.selection import Selection, Span
from audit.log.planning import in_order

PAGE = 1 << 10  # rows; a larger column would grow past what an allocator keeps at hand
AHEAD = 8  # pages that wait to be written: as many as a span has
FEW = 1 << 12  # rows in memory at a time where rows are objects

_PAGES = """COPY (SELECT count(*), {said} FROM (SELECT l."index", l."index" / {page} AS page, e.* {rows}) rows
GROUP BY page ORDER BY page) TO STDOUT (FORMAT binary)"""

One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class Page:
    """Some neighbouring rows of a span: how many, and their columns."""

    span: Span
    count: int
    columns: Sequence[bytes]

    def text(self, column: bytes) -> bytes:
        """Return a column of text. Raises EntriesDamaged when it is none."""
        try:
            return column if column.isascii() else column.decode().encode()
        except UnicodeDecodeError as broken:
            raise self.damaged() from broken

    def damaged(self) -> EntriesDamaged:
        return EntriesDamaged(self.span.first, self.span.past)


def pages(
    selection: Selection, said: Sequence[str], progress: Callable[[int], None]
) -> Generator[Page, None, None]:
    """Yield the columns that the aggregates `said` make, PAGE rows at most, in the log's order. PostgreSQL only."""
    types = ["int8", *("bytea" for _ in said)]
    with in_order():
        for span in selection.spans():
            statement = _PAGES.format(said=", ".join(said), page=PAGE, rows=span.sql)
            with connection.cursor() as cursor, cursor.copy(statement, span.params) as copied:
                copied.set_types(types)
                for count, *columns in copied.rows():
                    span.count += count
                    yield Page(span, count, columns)
            progress(span.past)


def rows(selection: Selection, progress: Callable[[int], None]) -> Iterator[Row]:
    """Yield the rows one by one, on both databases."""
    selection.wide = FEW
    for span in selection.spans():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT {STORED} {span.sql} ORDER BY l."index"', span.params)
            found = cursor.fetchall()
        span.count = len(found)
        yield from (Row.of(*row) for row in found)
        progress(span.past)


def batched(items: Iterator[One], count: int) -> Iterator[list[One]]:
    """Yield the items in lists of `count`; the last may be shorter."""
    while some := list(islice(items, count)):
        yield some


def in_turn(items: Iterable[One], take: Callable[[One], object], *, ahead: int = AHEAD) -> None:
    """Give each item to `take`, which works on them in a thread of its own while the database prepares the next.

    At most `ahead` items wait: the database puts a span in order before it hands over the first page of it.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="export") as hand:
        waiting: deque[Future[object]] = deque()
        for item in items:
            waiting.append(hand.submit(take, item))
            if len(waiting) > ahead:
                waiting.popleft().result()
        for each in waiting:
            each.result()


def on_postgres() -> bool:
    return connection.vendor == "postgresql"
