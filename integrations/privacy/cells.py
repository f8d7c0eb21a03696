"""Rows of a table as CSV that a spreadsheet shows and never runs (SR-4.11). Pure."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def cell(value: Any) -> str:
    """Return one value as text; what a spreadsheet could take for a formula gets a `'` before it."""
    text = "" if value is None else str(value)
    bare = text.lstrip(" '\"")
    return f"'{text}" if text.startswith(FORMULAS) or bare.startswith(FORMULAS) else text


def lines(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a heading and one line a row, every cell quoted, lines ended as RFC 4180 says."""
    yield _line(columns)
    for row in rows:
        yield _line([cell(row.get(name)) for name in columns])


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each leaf of a nested value with its path: `contributors.sleep`, `rows[3].bpm`."""
    if isinstance(value, Mapping):
        for name, inside in value.items():
            yield from leaves(inside, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for number, inside in enumerate(value):
            yield from leaves(inside, f"{path}[{number}]")
    else:
        yield path, value


def _line(cells: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerow(cells)
    return buffer.getvalue()
