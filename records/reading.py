"""Files of the API's own JSON: a list envelope, an array, or one document, read into documents.

A malformed document is named by file, index and field, and the rest goes on; what cannot be read at all is one answer
for the file. Nothing of a value is repeated.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date
from pathlib import Path
from typing import Any

from records.admission import FILE, NewDocument
from records.vocabulary import registry, shape

LARGEST_FILE = 64 * 1024 * 1024
DEEPEST = 16


@dataclass(frozen=True, slots=True)
class Malformed:
    """What was not read: which file, which document of it (None: the whole file), which field, and what to do."""

    file: str
    index: int | None
    field: str
    says: str

    def __str__(self) -> str:
        place = self.file if self.index is None else f"{self.file}, document {self.index}"
        return f"{place}, {self.field}: {self.says}" if self.field else f"{place}: {self.says}"


class _Unreadable(ValueError):
    """The file as a whole; its text says what to do."""


class _Repeated(dict[str, Any]):
    """An object that gave a key twice."""


def read(path: Path, kind: str | None = None, origin: str = FILE) -> Iterator[NewDocument | Malformed]:
    """Yield the documents of a file, and what is wrong with the others.

    The kind is the one given, or that of the file's name (`sleep.json`, `daily_sleep-2026-01.json`). Rows of heart rate
    become one document a UTC day.
    """
    try:
        named = _kind(path, kind)
        listed = _documents(_parsed(_raw(path)))
    except _Unreadable as unreadable:
        yield Malformed(str(path), None, "", str(unreadable))
        return
    if registry.KINDS[named].series:
        yield from _series(str(path), named, listed, origin)
        return
    for index, body in enumerate(listed):
        wrong = _wrong(str(path), named, index, body)
        yield wrong or NewDocument(kind=named, body=body, origin=origin, external_id=body["id"])


def kind_named(path: Path) -> str | None:
    """Return the kind that a file's name begins with, before a number or the end; the longest that fits."""
    name = path.name.split(".")[0].casefold()
    fitting = [
        kind for kind in registry.KINDS if re.fullmatch(rf"{re.escape(kind.casefold())}([-_ ]*[^a-z]*)", name)
    ]
    return max(fitting, key=len, default=None)


def _kind(path: Path, given: str | None) -> str:
    named = given or kind_named(path)
    if named is None or named not in registry.KINDS:
        message = (
            f"Name the kind, or begin the file's name with it. It is one of: {', '.join(registry.KINDS)}."
        )
        raise _Unreadable(message)
    return named


def _raw(path: Path) -> bytes:
    if not path.is_file():
        raise _Unreadable("There is no such file.")
    try:
        with path.open("rb") as opened:
            raw = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise _Unreadable("Make the file readable.") from error
    if len(raw) > LARGEST_FILE:
        raise _Unreadable("Split the file: it is larger than 64 MiB.")
    return raw


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise _Unreadable("Save the file as UTF-8.") from error
    except RecursionError as error:
        raise _Unreadable("Give documents that are nested less deeply.") from error
    except json.JSONDecodeError as error:
        raise _Unreadable(f"Correct the JSON at line {error.lineno}, column {error.colno}.") from error
    except ValueError as error:
        raise _Unreadable("Correct the JSON: a number in it is too long.") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Repeated(found)


def _documents(parsed: Any) -> list[Any]:
    if isinstance(parsed, dict) and "data" in parsed:
        if isinstance(parsed, _Repeated) or not isinstance(parsed["data"], list):
            raise _Unreadable("Give one `data`, an array of documents.")
        parsed = parsed["data"]
    return parsed if isinstance(parsed, list) else [parsed]


def _wrong(file: str, kind: str, index: int, body: Any) -> Malformed | None:
    """Return the first thing wrong with one document (or one row of a series)."""
    if says := _unfit(body):
        return Malformed(file, index, "", says)
    series = registry.KINDS[kind].series
    problems = shape.problems_of(kind, {"rows": [body]} if series else body)
    if not problems:
        return None
    return Malformed(file, index, problems[0].field.removeprefix("rows[0]").lstrip("."), problems[0].says)


def _unfit(value: Any, depth: int = 1) -> str | None:
    """Say what is wrong with the form of a value, whatever it means."""
    if not isinstance(value, dict | list):
        return None
    if depth > DEEPEST:
        return f"Nest at most {DEEPEST} levels."
    if isinstance(value, _Repeated):
        return "Give every key of an object once."
    inner = value.values() if isinstance(value, dict) else value
    return next((says for each in inner if (says := _unfit(each, depth + 1))), None)


def _series(file: str, kind: str, rows: list[Any], origin: str) -> Iterator[NewDocument | Malformed]:
    by_day: defaultdict[date, list[dict[str, Any]]] = defaultdict(list)
    for index, row in enumerate(rows):
        if wrong := _wrong(file, kind, index, row):
            yield wrong
            continue
        by_day[shape.moment(row[registry.KINDS[kind].day]).astimezone(UTC).date()].append(row)
    for day, those in sorted(by_day.items()):
        yield NewDocument(kind=kind, body={"rows": those}, origin=origin, external_id=day.isoformat())
