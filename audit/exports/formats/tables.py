"""Pages of the log as Arrow tables, for the formats that Arrow writes. No cell becomes a Python object."""

import sys
from array import array
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from audit.exports.columns import BETWEEN, FORMULA_BEGINS, NAMES, WIDE, WORDS, safe
from audit.exports.reading import Page

_FORMULA = f"(^|\\x00){FORMULA_BEGINS}"  # in any cell of a column
_QUOTED = pacsv.WriteOptions(include_header=False, quoting_style="all_valid")


def table_of(page: Page, *, harmless: bool = False) -> Any:
    """Return a page of CELLS as the rows under `NAMES`: text, and whole numbers as indices.

    `harmless`: no cell is a formula to a spreadsheet (SR-4.11). Raises EntriesDamaged.
    """
    columns = dict(zip(NAMES, page.columns, strict=True))
    cells = {"index": _numbers(columns.pop("index"))}
    columns["leaf"] = columns["leaf"].hex().encode()
    for name, column in columns.items():
        text = page.text(column)
        if name in WIDE:
            cells[name] = _even(text, WIDE[name])
        else:
            cells[name] = _uneven(_harmless(text) if harmless and name in WORDS else text)
    if any(len(column) != page.count for column in cells.values()):
        raise page.damaged()
    return pa.table({name: cells[name] for name in NAMES})


def csv_of(table: Any) -> memoryview:
    """Return a table as lines of CSV, every cell quoted."""
    out = pa.BufferOutputStream()
    pacsv.write_csv(table.set_column(0, "index", pc.cast(table["index"], pa.string())), out, _QUOTED)
    return memoryview(out.getvalue())


def _numbers(column: bytes) -> Any:
    numbers = array("q", column)
    if sys.byteorder == "little":
        numbers.byteswap()
    return pa.Array.from_buffers(pa.int64(), len(numbers), [None, pa.py_buffer(numbers)])


def _even(column: bytes, wide: int) -> Any:
    """Return the cells of a column that all have so many characters; none when they have not."""
    count, rest = divmod(len(column), wide)
    return _texts(0 if rest else count, _steps(count, wide), column)


def _uneven(column: bytes) -> Any:
    whole = _texts(1, pa.py_buffer(array("i", [0, len(column)])), column)
    return pc.split_pattern(whole, BETWEEN.decode()).flatten()


def _harmless(column: bytes) -> bytes:
    """Return a column without formulas. Nearly always there is none, and one look at the whole of it says so."""
    whole = _texts(1, pa.py_buffer(array("i", [0, len(column)])), column)
    if not pc.match_substring_regex(whole, _FORMULA)[0].as_py():
        return column
    return BETWEEN.join(safe(cell.decode()).encode() for cell in column.split(BETWEEN))


@lru_cache(maxsize=16)
def _steps(count: int, wide: int) -> Any:
    return pa.py_buffer(array("i", range(0, wide * (count + 1), wide)))


def _texts(count: int, ends: Any, column: bytes) -> Any:
    """Return texts that lie side by side in `column`. They are looked at where they lie."""
    return pa.StringArray.from_buffers(count, ends, pa.py_buffer(column))
