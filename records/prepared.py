"""Statements that every request or act sends: written once, then sent as they stand with other values in them.

Writing a statement of many columns costs the ORM more than running it. Values are converted as the ORM does, both ways.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, connections, models
from django.db.models import QuerySet

Write = Callable[..., "QuerySet[Any, tuple[Any, ...]]"]
# Values that no row has, by the type of the field that they stand for until the real ones are put in.
_STAND_INS: "tuple[tuple[type[models.Field[Any, Any]], Callable[[int], Any]], ...]" = (
    (models.UUIDField, lambda nth: UUID(int=0xFEED_0000_0000_0000 + nth)),
    (models.DateTimeField, lambda nth: datetime(3, 1, 1 + nth, tzinfo=UTC)),
    (models.DateField, lambda nth: date(2, 1, 1 + nth)),
    (models.CharField, lambda nth: f"a stand-in {nth}"),
    (models.IntegerField, lambda nth: 2_000_000_000 + nth),
)


class Prepared:
    """One statement. `write` makes its `values_list` from named values; `fields` say of which columns those are."""

    def __init__(self, write: Write, **fields: "models.Field[Any, Any]") -> None:
        self._write, self._fields = write, fields
        self._written: dict[
            str, _Written
        ] = {}  # by the database's kind: all connections of one write the same

    def __call__(self, **values: Any) -> list[tuple[Any, ...]]:
        """Send the statement, and return its rows. One statement, whatever else happened before."""
        return self._here().rows(values)

    def send(self, **values: Any) -> None:
        """Send the statement for what it does, a lock say: its rows are not asked for (`together`)."""
        self._here().send(values)

    def _here(self) -> "_Written":
        written = self._written.get(connection.vendor)
        if written is None:
            on = connections[connection.alias]
            written = self._written[connection.vendor] = _Written(self._write, self._fields, on)
        return written


class _Written:
    """The statement as one kind of database has it."""

    def __init__(self, write: Write, fields: "dict[str, models.Field[Any, Any]]", on: Any) -> None:
        stand_ins = {name: _stand_in(field, nth) for nth, (name, field) in enumerate(fields.items())}
        query = write(**stand_ins).query
        compiler = query.get_compiler(connection=on)
        self.sql, params = compiler.as_sql()
        self.fields = fields
        stored = {name: fields[name].get_db_prep_value(value, on) for name, value in stand_ins.items()}
        self.places = [
            next(
                (name for name, value in stored.items() if type(value) is type(param) and value == param),
                None,
            )
            for param in params
        ]
        self.params = params
        if missing := set(fields) - set(self.places):
            raise ValueError(f"The statement has no place for {', '.join(sorted(missing))}.")
        columns = [column[0] for column in compiler.select]
        self.convert = [(at, *found) for at, found in compiler.get_converters(columns).items()]

    def rows(self, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        on = connections[connection.alias]  # looked up once: the proxy looks it up each time it is asked
        with on.cursor() as cursor:
            cursor.execute(self.sql, self._filled(values, on))
            return [self._converted(row, on) for row in cursor.fetchall()]

    def send(self, values: dict[str, Any]) -> None:
        on = connections[connection.alias]
        with on.cursor() as cursor:
            cursor.execute(self.sql, self._filled(values, on))

    def _filled(self, values: dict[str, Any], on: Any) -> list[Any]:
        stored = {name: self.fields[name].get_db_prep_value(value, on) for name, value in values.items()}
        return [
            param if name is None else stored[name]
            for name, param in zip(self.places, self.params, strict=True)
        ]

    def _converted(self, row: tuple[Any, ...], on: Any) -> tuple[Any, ...]:
        told = list(row)
        for at, converters, expression in self.convert:
            for convert in converters:
                told[at] = convert(told[at], expression, on)
        return tuple(told)


class Insert:
    """The INSERT of one row whose key is known before. It reads nothing back and sends no signal."""

    def __init__(self, model: type[models.Model]) -> None:
        self._fields = list(model._meta.concrete_fields)
        names = ", ".join(f'"{field.column}"' for field in self._fields)
        places = ", ".join(["%s"] * len(self._fields))
        self._sql = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})'  # noqa: S608 (our own names)

    def __call__(self, row: models.Model) -> None:
        _send(self._sql, self._fields, row)
        row._state.adding, row._state.db = False, connection.alias


class Update:
    """The UPDATE of some fields of one row, found by its key. It sends no signal."""

    def __init__(self, model: type[models.Model], *names: str) -> None:
        by_name, key = {field.name: field for field in model._meta.concrete_fields}, model._meta.pk
        self._fields = [*(by_name[name] for name in names), key]
        changes = ", ".join(f'"{by_name[name].column}" = %s' for name in names)
        self._sql = f'UPDATE "{model._meta.db_table}" SET {changes} WHERE "{key.column}" = %s'  # noqa: S608

    def __call__(self, row: models.Model) -> None:
        _send(self._sql, self._fields, row)


@contextmanager
def together() -> Iterator[None]:
    """Send the statements of this block one behind the other, waiting for no answer but those that are asked for.

    Each is a statement of its own, with its own view of the database and its own time, exactly as if it had been waited
    for; PostgreSQL works on one while the next is being made (psycopg's pipeline). A refusal is raised at the end of
    the block at the latest, and the transaction is over as ever. So nothing in the block
    may catch a database error or open a savepoint, and how many rows a statement changed is not known in it.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def _send(sql: str, fields: "Iterable[models.Field[Any, Any]]", row: models.Model) -> None:
    on = connections[connection.alias]
    values = [field.get_db_prep_save(getattr(row, field.attname), on) for field in fields]
    with on.cursor() as cursor:
        cursor.execute(sql, values)


def _stand_in(field: "models.Field[Any, Any]", nth: int) -> Any:
    return next(make(nth) for kind, make in _STAND_INS if isinstance(field, kind))
