"""Parquet for Spark, Trino and DuckDB: one file, or a folder with one part a day (`day=2026-11-20/part.parquet`).

On PostgreSQL the rows come as COPY's text and are parsed by Arrow while the database writes the next ones; memory
holds two blocks of them, whatever the count.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from audit.exports import reading
from audit.exports.columns import NAMES, PLAIN, Row
from audit.exports.selection import Selection
from audit.exports.target import Target

GROUP = 4 << 20  # bytes of text that become one row group
FEW = 1 << 13  # rows of one where rows are objects
OPEN = 40  # days that are written at a time
MOMENT = pa.timestamp("us", tz="UTC")
READ = {name: pa.string() for name in NAMES} | {"index": pa.int64(), "at": MOMENT}
SCHEMA = pa.schema([(name, pa.list_(pa.string()) if name == "types" else READ[name]) for name in NAMES])
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
    """Give the rows to `write` as tables; one is made and written while the database prepares the next."""
    if not reading.on_postgres():
        for some in _some(reading.rows(selection, progress)):
            write(_of_rows(some))
        return
    with ThreadPoolExecutor(1, thread_name_prefix="parquet") as hand:
        before: Future[None] | None = None
        for text in _groups(reading.copied(selection, PLAIN, reading.BARE, progress)):
            if before:
                before.result()
            before = hand.submit(lambda text: write(_of_text(text)), text)
        if before:
            before.result()


def _groups(blocks: Iterator[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    length = 0
    for block in blocks:
        held.append(block)
        length += len(block)
        if length >= GROUP:
            yield b"".join(held)
            held, length = [], 0
    if held:
        yield b"".join(held)


def _of_text(text: bytes) -> Any:
    table = pacsv.read_csv(
        pa.BufferReader(text),
        read_options=pacsv.ReadOptions(column_names=list(NAMES), block_size=4 << 20),
        parse_options=pacsv.ParseOptions(delimiter="\x02", quote_char="\x01", newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(column_types=READ, strings_can_be_null=False, check_utf8=False),
    )
    place = NAMES.index("types")
    return table.set_column(place, SCHEMA.field(place), _listed(table["types"].combine_chunks())).cast(SCHEMA)


def _listed(types: Any) -> Any:
    """Return lists of the words; none where there is no word."""
    lists = pc.split_pattern(types, " ")
    nothing = pa.scalar([], type=pa.list_(pa.string()))
    return pc.if_else(pc.equal(types, ""), nothing, lists)


def _some(rows: Iterator[Row]) -> Iterator[list[Row]]:
    some: list[Row] = []
    for row in rows:
        some.append(row)
        if len(some) == FEW:
            yield some
            some = []
    if some:
        yield some


def _of_rows(rows: list[Row]) -> Any:
    columns = dict(zip(NAMES, zip(*(row.cells() for row in rows), strict=True), strict=True))
    moments = pc.cast(pa.array([at.removesuffix("Z") for at in columns["at"]]), pa.timestamp("us"))
    return pa.table(
        {
            name: pc.assume_timezone(moments, "UTC")
            if name == "at"
            else _listed(pa.array(values, pa.string()))
            if name == "types"
            else pa.array(values, READ[name])
            for name, values in columns.items()
        },
        schema=SCHEMA,
    )
