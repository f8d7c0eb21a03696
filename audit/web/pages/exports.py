"""Exports as pages: asking for one, how far it is, its files while they are there, and what was exported before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audit.exports.models import Export, State
from audit.web import words
from audit.web.looking import Names
from audit.web.pages.form import Choice, Field, labels

FORMATS = {
    "csv": gettext_lazy("CSV, for spreadsheets"),
    "jsonl": gettext_lazy("JSON Lines, one entry a line"),
    "parquet": gettext_lazy("Parquet, for Spark, Trino or DuckDB"),
    "fhir": gettext_lazy("FHIR R4 AuditEvent bundle"),
    "pdf": gettext_lazy("PDF, for people"),
}
STATES = {
    State.ASKED: gettext_lazy("Waits for the worker"),
    State.RUNNING: gettext_lazy("Being written"),
    State.DONE: gettext_lazy("Ready"),
    State.FAILED: gettext_lazy("Not finished"),
    State.EXPIRED: gettext_lazy("Expired"),
}
TAGS = {State.DONE: "good", State.FAILED: "warn"}
NAMES = {"subjects": "subject", "kinds": "kind"}  # filters that are told in the plural


@dataclass(frozen=True, slots=True)
class File:
    name: str
    size: str
    manifest: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One export in words."""

    ref: str
    format: str
    asked: str
    moment: str
    filters: str
    state: str
    colour: str
    rows: str
    until: str
    trouble: str
    percent: int
    under_way: bool
    done: bool
    unsigned: bool  # the log has yet to sign the entry about it
    failed: bool
    expired: bool
    sha256: str
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportsPage:
    fields: tuple[Field, ...]
    problems: tuple[Field, ...]
    query: str
    history: tuple[Line, ...]
    more: bool
    broken: str  # what the last check found wrong with the log, if anything


def format_field(chosen: str, problem: str = "") -> Field:
    choices = tuple(Choice(key, str(said), chosen=key == chosen) for key, said in FORMATS.items())
    return Field("format", _("Format"), chosen, choices=choices, problem=problem)


def line(export: Export, known: Names, files: Mapping[str, Path] | None = None) -> Line:
    over = (
        export.state == State.DONE and export.expires_at is not None and export.expires_at <= timezone.now()
    )
    state = State.EXPIRED if over else State(export.state)
    return Line(
        ref=str(export.ref),
        format=str(FORMATS.get(export.format, export.format)),
        asked=words.moment(export.asked_at),
        moment=export.asked_at.isoformat(),
        filters=told(export.filters, known),
        state=str(STATES[state]),
        colour=TAGS.get(state, ""),
        rows="" if export.rows is None else _entries(export.rows),
        until=words.moment(export.expires_at) if export.expires_at else "",
        trouble=export.trouble,
        percent=export.percent,
        under_way=state in {State.ASKED, State.RUNNING},
        done=state == State.DONE,
        unsigned=state == State.DONE and export.proved_at is None,
        failed=state == State.FAILED,
        expired=state == State.EXPIRED,
        sha256=export.sha256,
        files=tuple(_file(path) for path in (files or {}).values()),
    )


def told(filters: Mapping[str, Any], known: Names) -> str:
    """Return filters as a person reads them, "Recipient: Strava. Outcome: Sent out."; all of the log without any."""
    names = labels()
    said = [
        f"{names[NAMES.get(name, name)]}: {_value(name, value, known)}" for name, value in filters.items()
    ]
    return ". ".join(said) or _("The whole log")


def _value(name: str, value: Any, known: Names) -> str:
    if name == "partner" and value in known.recipients:
        return known.recipients[value].name
    if name == "outcome":
        return words.outcome(value)
    if name == "data_type":
        return known.data_types.get(value, value)
    if name in {"since", "until"}:
        return _moment(str(value), last=name == "until")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _moment(told: str, *, last: bool) -> str:
    """Return a time of the filters as it was typed: a whole day by its date, and the last one is meant with it."""
    at = datetime.fromisoformat(told)
    if at.time() != time.min:
        return words.moment(at)
    return words.day((at - timedelta(days=1) if last else at).date())


def _entries(count: int) -> str:
    return ngettext("%(count)s entry", "%(count)s entries", count) % {"count": words.number(count)}


def _file(path: Path) -> File:
    size = path.stat().st_size
    return File(
        path.name,
        _("%(count)s bytes") % {"count": words.number(size)},
        path.name.endswith((".manifest.json", ".proof")),
    )
