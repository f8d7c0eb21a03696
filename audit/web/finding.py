"""A page of entries within a budget of time, whatever the filters: what no index answers is looked through in pieces.

Most filters are answered newest first from an index. Where few entries fit and the planner expects many, that walk
would go on for seconds at ten million rows: then all that fit are gathered by their indexes first, and where these are
too many as well, only the newest part is looked through, and the page says how far back it looked (UX section 5).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import OperationalError, connection, transaction

from audit.log.filters import Filters
from audit.log.models import Entry
from audit.log.selectors import found

PAGE = 50  # entries
PATIENCE = 120  # ms for each of the first two ways
GLANCE = 40  # ms
LOOKED_THROUGH = 100_000  # entries, where neither was fast enough
OUT_OF_ORDER = 10_000  # entries: by how much numbers and times may differ in their order
CANCELLED = "57014"  # PostgreSQL's query_canceled


@dataclass(frozen=True, slots=True)
class Found:
    """One page, newest first. `after` is the number the next begins after; None = that is all.

    `back_to` is set when only a part was looked through: nothing older than it was.
    """

    entries: Sequence[Entry]
    after: int | None = None
    back_to: datetime | None = None


def page_of(filters: Filters, *, before: int | None) -> Found:
    """Return up to PAGE entries before a number, by key: what is written meanwhile moves nothing between pages."""
    for way in WAYS:
        entries = _in_time(partial(way, filters, before))
        if entries is not None:
            return Found(entries[:PAGE], entries[PAGE - 1].id if len(entries) > PAGE else None)
    return _in_part(filters, before)


def something_fits(filters: Filters) -> bool:
    """Whether any entry fits, as far as that is known at a glance."""
    return bool(_in_time(lambda: list(found(filters)[:1]), patience=GLANCE))


def _walked(filters: Filters, before: int | None) -> list[Entry]:
    entries = found(filters).order_by("-id")
    return list((entries.filter(id__lt=before) if before is not None else entries)[: PAGE + 1])


def _gathered(filters: Filters, before: int | None) -> list[Entry]:
    """All that fit first, then the newest of them: the planner cannot choose to walk."""
    where, given = filters.where("e")
    if before is not None:
        where, given = f"{where} AND e.id < %s", [*given, before]
    sql = f"""WITH fitting AS MATERIALIZED (SELECT e.id, e.at FROM audit_log_entry e WHERE {where})
        SELECT id, at FROM fitting ORDER BY id DESC LIMIT {PAGE + 1}"""  # noqa: S608 (all that was typed is a parameter)
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        rows = cursor.fetchall()
    if not rows:
        return []
    times = [at for _number, at in rows]
    numbers = [number for number, _at in rows]
    same = Entry.objects.filter(id__in=numbers, at__gte=min(times), at__lte=max(times))
    return list(same.order_by("-id"))


WAYS = (_walked, _gathered)  # tried in this order, each with the same patience


def _in_part(filters: Filters, before: int | None) -> Found:
    """Look through the newest part of the period only."""
    top = _edge(filters, newest=True)
    if top is None:
        return Found(())
    begin = top + OUT_OF_ORDER if before is None else min(before, top + OUT_OF_ORDER)
    floor = begin - LOOKED_THROUGH
    entries = list(found(filters).filter(id__lt=begin, id__gte=floor).order_by("-id")[: PAGE + 1])
    if len(entries) > PAGE:
        return Found(entries[:PAGE], entries[PAGE - 1].id)
    bottom = _edge(filters, newest=False)
    if bottom is None or floor <= bottom - OUT_OF_ORDER:
        return Found(entries)
    at = Entry.objects.filter(id__gte=floor).order_by("id").values_list("at", flat=True).first()
    return Found(entries, after=floor, back_to=at)


def _edge(filters: Filters, *, newest: bool) -> int | None:
    """Return the number of the newest or oldest entry of the period."""
    entries = found(Filters(since=filters.since, until=filters.until))
    return entries.order_by("-at" if newest else "at").values_list("id", flat=True).first()


def _in_time(ask: Callable[[], list[Entry]], *, patience: int = PATIENCE) -> list[Entry] | None:
    """Return what was found; None when it took too long. SQLite, for small logs, is left to take its time."""
    if connection.vendor != "postgresql":
        return ask()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{patience}ms"])
            entries = ask()
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
            return entries
    except OperationalError as slow:
        if getattr(slow.__cause__, "sqlstate", "") != CANCELLED:
            raise
        return None
