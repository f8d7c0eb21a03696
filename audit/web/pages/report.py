"""A report as a page: its form, what it says, and what a reader must know."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from audit.reports.shapes import Report
from audit.web import words
from audit.web.pages.form import Field

ON_A_PAGE = 200  # lines; a file holds all
WIDE = 8  # columns; beyond that each line is told on its own
TITLES = ("recipient", "partner", "description", "data_type", "data")  # the columns that make its title


@dataclass(frozen=True, slots=True)
class Cell:
    label: str
    text: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line. Told on its own it has a title: whom and what it is about."""

    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A report that was made, as far as a page shows it."""

    title: str
    law: str
    at: str
    window: str
    head: str
    notes: tuple[str, ...]
    labels: tuple[Cell, ...]
    lines: tuple[Line, ...]
    more: bool
    wide: bool


@dataclass(frozen=True, slots=True)
class ReportPage:
    name: str
    title: str
    lead: str
    fields: tuple[Field, ...]
    problems: tuple[Field, ...]
    made: Made | None


def made(report: Report) -> Made:
    lines = tuple(islice(_lines(report), ON_A_PAGE + 1))
    window = report.window
    since = words.moment(window.since) if window and window.since else _("the beginning")
    return Made(
        title=str(report.title),
        law="; ".join(report.law),
        at=words.moment(report.at),
        window=_("%(since)s to %(until)s UTC") % {"since": since, "until": words.moment(window.until)}
        if window
        else "",
        head=_("%(count)s entries") % {"count": words.number(report.head.size)} if report.head else "",
        notes=report.notes(),
        labels=lines[0].cells if lines else (),
        lines=lines[:ON_A_PAGE],
        more=len(lines) > ON_A_PAGE,
        wide=len(report.columns) >= WIDE,
    )


def _lines(report: Report) -> Iterator[Line]:
    apart = TITLES if len(report.columns) >= WIDE else ()
    for row in report.rows():
        named = dict(zip(report.columns, row, strict=True))
        title = ": ".join(str(named[column]) for column in apart if named.get(column))
        yield Line(title, tuple(_cell(name, told) for name, told in named.items() if name not in apart))


def _cell(column: str, told: str | int) -> Cell:
    label = column.replace("_", " ").capitalize()
    return Cell(label, words.number(told) if isinstance(told, int) else told, isinstance(told, int))
