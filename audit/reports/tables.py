"""A report as a table of text, for spreadsheets and for machines. Pure."""

import csv
import io
import re
from collections.abc import Iterator

from audit.reports.shapes import Cell, Report, written

# What a spreadsheet would take for a formula, also after blanks or quotes, and in full width (SR-4.11).
FORMULA = re.compile("[ \t\r\n\v\f\u00a0'\"]*[-=+@\t\r\n\uff0d\uff1d\uff0b\uff20]")


def csv_of(report: Report) -> Iterator[str]:
    """Yield the report's lines as CSV (RFC 4180), the header first.

    Each line also says which law it answers, over which time, and at which head of the log, so that it stands alone.
    """
    yield _line((*report.columns, "law", "since", "until", "made_at", "log_size", "log_root"))
    window, head = report.window, report.head
    about: tuple[Cell, ...] = (
        "; ".join(report.law),
        written(window.since) if window and window.since else "",
        written(window.until) if window else "",
        written(report.at),
        head.size if head else "",
        head.root if head else "",
    )
    for row in report.rows():
        yield _line((*row, *about))


def safe(cell: Cell) -> str:
    """Return a cell that no spreadsheet runs."""
    text = str(cell)
    return f"'{text}" if FORMULA.match(text) else text


def _line(cells: tuple[Cell, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([safe(cell) for cell in cells])
    return out.getvalue()
