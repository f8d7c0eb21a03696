"""Parquet for Spark, Trino and DuckDB: one file, or a folder with one part a day (`day=2026-11-20/part.parquet`).

One table is made and written while the database prepares the next; memory holds two of them, whatever the count.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from audit.exports import reading
from audit.exports.columns import CELLS, NAMES, Row
from audit.exports.formats.tables import table_of
from audit.exports.reading import Page
from audit.exports.selection import Selection
from audit.exports.target import Target

TOGETHER = 8  # pages of one row group
FEW = 1 << 13  # its rows where rows are objects
OPEN = 40  # days that are written at a time
MOMENT = pa.timestamp("us", tz="UTC")
TYPED = {"index": pa.int64(), "at": MOMENT, "types": pa.list_(pa.string())}
SCHEMA = pa.schema([(name, TYPED.get(name, pa.string())) for name in NAMES])
NAMED = ["kind", "partner", "outcome", "reason"]  # few different values: kept once in a dictionary

Write = Callable[[Any], None]  # takes a table


def write_parquet(selection: Selection, target: Target, progress: Callable[[int], None]) -> None:
    with _writer(target) as writer:
        _each_table(selection, writer.write_table, progress)


def write_by_day(selection: Selection, folder: Path, progress: Callable[[int], None]) -> dict[str, Target]:
    """Write a part for each UTC day on which something happened; return the parts by their paths in the folder."""
    days = _Days(folder)
    try:
        _each_table(selection, days.write, progress)
    finally:
        days.close()
    return days.parts


def _writer(target: Target) -> Any:
    return pq.ParquetWriter(
        target,
        SCHEMA,
        compression="zstd",
        compression_level=1,
        use_dictionary=NAMED,
        write_statistics=[*NAMED, "index", "at", "subject"],
    )


class _Days:
    """The parts by day. Entries come nearly by day; a day that comes again after it was closed gets another part."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.parts: dict[str, Target] = {}
        self._open: OrderedDict[str, tuple[Any, Target]] = OrderedDict()

    def write(self, table: Any) -> None:
        days = pc.cast(table["at"], pa.date32())
        for day in sorted(pc.unique(days).to_pylist()):
            some = table.filter(pc.equal(days, pa.scalar(day, pa.date32())))
            self._of(day.isoformat()).write_table(some)

    def _of(self, day: str) -> Any:
        if day not in self._open:
            if len(self._open) == OPEN:
                self._end(*self._open.popitem(last=False)[1])
            self._open[day] = self._begin(day)
        self._open.move_to_end(day)
        return self._open[day][0]

    def _begin(self, day: str) -> tuple[Any, Target]:
        number, name = 1, f"day={day}/part.parquet"
        while name in self.parts:
            number += 1
            name = f"day={day}/part-{number}.parquet"
        path = self.folder / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        self.parts[name] = Target(path)
        return _writer(self.parts[name]), self.parts[name]

    def _end(self, writer: Any, target: Target) -> None:
        writer.close()
        target.close()

    def close(self) -> None:
        for writer, target in self._open.values():
            self._end(writer, target)
        self._open.clear()


def _each_table(selection: Selection, write: Write, progress: Callable[[int], None]) -> None:
    if reading.on_postgres():
        pages = reading.pages(selection, CELLS, progress)
        reading.in_turn(
            reading.batched(pages, TOGETHER), lambda some: write(_typed(_together(some))), ahead=1
        )
    else:
        reading.in_turn(_of_rows(reading.rows(selection, progress)), lambda table: write(_typed(table)))


def _together(pages: list[Page]) -> Any:
    return pa.concat_tables([table_of(page) for page in pages])


def _typed(table: Any) -> Any:
    """Return a table of text as one of its own types."""
    columns = {name: table[name].combine_chunks() for name in NAMES}
    columns["index"] = pc.cast(columns["index"], pa.int64())  # the rows' own way has it as text
    columns["at"] = pc.cast(columns["at"], MOMENT)
    columns["types"] = _listed(columns["types"])
    return pa.table(columns, schema=SCHEMA)


def _listed(types: Any) -> Any:
    """Return lists of the words; none where there is no word."""
    lists = pc.split_pattern(types, " ")
    nothing = pa.scalar([], type=pa.list_(pa.string()))
    return pc.if_else(pc.equal(types, ""), nothing, lists)


def _of_rows(rows: Iterator[Row]) -> Iterator[Any]:
    """Yield the same tables of text from rows that are objects."""
    for some in reading.batched(rows, FEW):
        cells = zip(*([str(cell) for cell in row.cells()] for row in some), strict=True)
        yield pa.table([pa.array(column, pa.string()) for column in cells], names=list(NAMES))
