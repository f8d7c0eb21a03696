"""Reading the log."""

from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, F, Func, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler

from audit.log.filters import Filters
from audit.log.models import Entry


class About(Func):
    """Whether an entry's types hold one of that name: by its place in the text; on PostgreSQL by the array's index."""

    output_field = BooleanField()

    def __init__(self, types: F, data_type: Value) -> None:
        super().__init__(types, data_type)

    def as_sql(self, compiler: SQLCompiler, connection: Any, *args: Any, **how: Any) -> Any:
        how = {"template": "instr(%(expressions)s || ' ') > 0", "arg_joiner": ", ' ' || ", **how}
        return super().as_sql(compiler, connection, *args, **how)

    def as_postgresql(self, compiler: SQLCompiler, connection: Any) -> Any:
        template = "string_to_array(%(expressions)s, ' ')"
        return self.as_sql(compiler, connection, template=template, arg_joiner=", ' ') @> string_to_array(")


def entries_of(subjects: Iterable[str]) -> QuerySet[Entry]:
    """Return the entries about these pseudonyms, newest first."""
    return Entry.objects.filter(subject__in=list(subjects)).order_by("-id")


def found(filters: Filters) -> QuerySet[Entry]:
    """Return the entries that are meant, newest first; a page goes on with `id__lt` of the last one it showed."""
    meant: dict[str, Any] = {
        "at__gte": filters.since,
        "at__lt": filters.until,
        "subject__in": filters.subjects,
        "kind__in": filters.kinds,
        "partner": filters.partner,
        "outcome": filters.outcome,
        "reason": filters.reason,
    }
    entries = Entry.objects.filter(**{name: value for name, value in meant.items() if value})
    if filters.data_type:
        entries = entries.filter(About(F("types"), Value(filters.data_type)))
    return entries.order_by("-id")
