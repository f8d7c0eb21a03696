"""A PDF for people to read: what was looked for, the rows as a table, and how to check them. Not machine-checkable.

Text and tables only; at most `MOST` rows, since nobody reads more. What does not fit its column ends in three dots.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from audit.exports import reading
from audit.exports.errors import TooLong
from audit.exports.selection import Selection
from audit.exports.target import Target
from audit.log.events import written

MOST = 20_000
WIDTH, HEIGHT = landscape(A4)
MARGIN, LINE = 36, 11  # points
SANS, BOLD, SIZE = "Helvetica", "Helvetica-Bold", 7.5
# Heading, the cell's place in `Row.cells`, width in points.
COLUMNS = (
    ("Index", 0, 44),
    ("Time (UTC)", 2, 118),
    ("Kind", 3, 110),
    ("Pseudonym", 4, 100),
    ("Partner", 5, 90),
    ("Data types", 6, 130),
    ("Outcome", 7, 50),
    ("Reason", 8, 126),
)
CHECK = (
    "This document is for reading. verify_ringfence.py shows offline, with its manifest and the log's public key, that "
    "the log recorded this very file. To check each row by itself, export the same filters as JSON Lines or CSV."
)


def write_pdf(
    selection: Selection,
    target: Target,
    progress: Callable[[int], None],
    *,
    note: str,
    root: str,
    at: datetime,
) -> None:
    """Write the document. `note` is the log's name, `root` the checkpoint's root in hexadecimal. Raises TooLong."""
    canvas = Canvas(target, pagesize=landscape(A4), pageCompression=1)
    canvas.setTitle("Ringfence audit log")
    canvas.setAuthor(note)
    page = _Page(canvas)
    page.say("Ringfence audit log", font=BOLD, size=14)
    page.say(f"Entries of {note}, exported on {written(at)}")
    for sentence in in_words(selection.filters.told()):
        page.say(sentence)
    page.say(f"Up to the log's checkpoint of {selection.size} entries; its root is {root}.")
    page.say(CHECK)
    page.table()
    count = 0
    for row in reading.rows(selection, progress):
        count += 1
        if count > MOST:
            raise TooLong(MOST)
        page.row([str(cell) for cell in row.cells()])
    page.say(f"{count} rows." if count else "No entry of the log fits these filters.")
    page.end()
    canvas.save()


def in_words(told: Mapping[str, Any]) -> list[str]:
    """Return the filters as sentences."""
    words = {
        "since": "From {} on.",
        "until": "Before {}.",
        "subjects": "About the pseudonyms {}.",
        "partner": "About the partner {}.",
        "data_type": "About the data type {}.",
        "kinds": "Of the kinds {}.",
        "outcome": "With the outcome {}.",
        "reason": "With the reason {}.",
    }
    values = {name: ", ".join(value) if isinstance(value, list) else value for name, value in told.items()}
    return [words[name].format(value) for name, value in values.items()] or ["All entries, without a filter."]


class _Page:
    """Where the next line goes."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas, self.number, self.y = canvas, 1, HEIGHT - MARGIN
        self.in_table = False

    def say(self, text: str, *, font: str = SANS, size: float = 9) -> None:
        for line in _wrapped(text, font, size, WIDTH - 2 * MARGIN):
            self._down(size + 4)
            self.canvas.setFont(font, size)
            self.canvas.drawString(MARGIN, self.y, line)

    def table(self) -> None:
        self.in_table = True
        self._down(6)
        self._cells([heading for heading, _, _ in COLUMNS], BOLD)

    def row(self, cells: list[str]) -> None:
        shown = [cells[place] for _, place, _ in COLUMNS]
        shown[1] = shown[1][:23].replace("T", " ")
        self._cells(shown, SANS)

    def _cells(self, cells: list[str], font: str) -> None:
        self._down(LINE)
        self.canvas.setFont(font, SIZE)
        x = MARGIN
        for cell, (_, _, width) in zip(cells, COLUMNS, strict=True):
            self.canvas.drawString(x, self.y, _cut(_printable(cell), font, width - 6))
            x += width

    def _down(self, by: float) -> None:
        if self.y - by < MARGIN + LINE:
            self.end()
            self.canvas.showPage()
            self.number, self.y = self.number + 1, HEIGHT - MARGIN
            if self.in_table:
                self._cells([heading for heading, _, _ in COLUMNS], BOLD)
        self.y -= by

    def end(self) -> None:
        self.canvas.setFont(SANS, SIZE)
        self.canvas.drawRightString(WIDTH - MARGIN, MARGIN / 2, f"Page {self.number}")


def _printable(text: str) -> str:
    """The document's own fonts know Latin letters only."""
    return text.encode("latin-1", "replace").decode("latin-1")


def _cut(text: str, font: str, width: float) -> str:
    if stringWidth(text, font, SIZE) <= width:
        return text
    while text and stringWidth(text + "...", font, SIZE) > width:
        text = text[:-1]
    return text + "..."


def _wrapped(text: str, font: str, size: float, width: float) -> list[str]:
    lines, line = [], ""
    for word in _printable(text).split(" "):
        longer = f"{line} {word}".strip()
        if line and stringWidth(longer, font, size) > width:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line]
