"""The member's ledger: a line for each time data moved or was held back, and for each choice. No health values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.log.models import Entry
from audit.proofs.verification import Verdict
from consent.grants.models import Receipt
from consent.web import pictures, words
from consent.web.pages.sentences import Told, told

FORTNIGHT = 14


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `kind` is out, in, stay or good: its colour, drawing and `word` always go together."""

    kind: str
    word: str
    time: str
    moment: str
    sentence: str
    type: str
    parts: str
    for_day: str
    receipt: str
    receipt_number: int
    entry: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Day:
    heading: str
    id: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class DayCount:
    label: str
    out: int
    in_: int


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class LedgerPage:
    days: tuple[Day, ...]
    counts: tuple[DayCount, ...]
    bars: tuple[pictures.Bar, ...]
    finding: str
    partners: tuple[Choice, ...]
    directions: tuple[Choice, ...]
    types: tuple[Choice, ...]
    filtered: bool
    older: str  # the entry that the next page begins after; "" = that is all
    query: str = ""
    checked: str = ""  # when the whole record was last checked, and how that ended; "" before the first check

    @property
    def out(self) -> int:
        return sum(day.out for day in self.counts)

    @property
    def in_(self) -> int:
        return sum(day.in_ for day in self.counts)


@dataclass(frozen=True, slots=True)
class Filters:
    partner: str = ""
    direction: str = ""
    type: str = ""

    @property
    def any(self) -> bool:
        return bool(self.partner or self.direction or self.type)


@dataclass(frozen=True, slots=True)
class Background:
    """What lines lean on: partners' names, the decisions that sends refer to, and the receipts in force."""

    names: Mapping[str, str]
    decisions: Mapping[str, Entry] = field(default_factory=dict)
    receipts: Sequence[Receipt] = ()


def line(entry: Entry, background: Background) -> Line | None:
    """Return an entry as a line; None for what is no line of its own (an attempt, a notice that was served)."""
    found = told(entry, background.names.get(entry.partner, entry.partner))
    return _line(entry, found, background) if found else None


def _line(entry: Entry, found: Told, background: Background) -> Line:
    facts = entry.facts
    decision = background.decisions.get(str(facts.get("entry", "")))
    detail = decision.facts if decision else facts
    fields = dict.fromkeys(words.part(path) for path in detail.get("fields", []))
    receipt = _receipt(entry, background.receipts)
    return Line(
        kind=found.kind,
        word=found.word,
        time=words.clock(entry.at),
        moment=timezone.localtime(entry.at).isoformat(timespec="minutes"),
        sentence=found.sentence,
        type=words.label(found.data_type) if found.data_type else "",
        parts=", ".join(fields),
        for_day=words.day(date.fromisoformat(detail["day"])) if detail.get("day") else "",
        receipt=str(receipt.ref) if receipt else "",
        receipt_number=receipt.number if receipt else 0,
        entry=str(entry.event_id),
        fingerprint=entry.fingerprint,
    )


def _receipt(entry: Entry, receipts: Sequence[Receipt]) -> Receipt | None:
    """Return the receipt that a line relies on: the change's own, else the newest of its grant before it."""
    own = str(entry.facts.get("receipt", ""))
    grant = str(entry.facts.get("grant", ""))
    of_grant = [each for each in receipts if str(each.grant_id) == grant]
    if own:
        return next((each for each in of_grant if str(each.ref) == own), None)
    return next((each for each in of_grant if each.at <= entry.at), None)  # newest first


def checked(verdict: Verdict | None) -> str:
    """Return when the whole record was last checked, against whose copy, and what was found; "" before a first check.

    It says no more than the check did: lines that are newer than it wait for the next one.
    """
    if verdict is None:
        return ""
    said = {"day": words.day(verdict.at), "time": words.clock(verdict.at), "witness": verdict.witness}
    if not verdict.ok:
        doubt = _(
            "We last checked the whole record on %(day)s at %(time)s. "
            "Something in it did not fit. We are looking into it."
        )
        return doubt % said
    return (
        _(
            "We last checked the whole record on %(day)s at %(time)s. No line in it had been changed. "
            "The seals we held it against were kept by: %(witness)s."
        )
        % said
    )


def days(lines: Iterable[tuple[datetime, Line]], *, today: date) -> tuple[Day, ...]:
    """Group lines by the member's local day, newest first."""
    grouped = groupby(lines, key=lambda pair: timezone.localtime(pair[0]).date())
    return tuple(
        Day(_heading(day, today), f"day-{day.isoformat()}", tuple(line for __, line in pairs))
        for day, pairs in grouped
    )


def _heading(day: date, today: date) -> str:
    said = words.weekday(day, today=today)
    return _("Today, %(day)s") % {"day": said} if day == today else said


def counts(moved: Iterable[tuple[datetime, str]], *, today: date) -> tuple[DayCount, ...]:
    """Return the last fourteen days, each with how often data went out and came in."""
    listed = [today - timedelta(days=back) for back in reversed(range(FORTNIGHT))]
    table = {day: [0, 0] for day in listed}
    for at, way in moved:
        pair = table.get(timezone.localtime(at).date())
        if pair is not None:
            pair[way == "in"] += 1
    return tuple(DayCount(f"{day.day} {day:%b}", *table[day]) for day in listed)


def finding(counted: Sequence[DayCount]) -> str:
    """Return the chart's finding in words, for who does not see it."""
    if not any(day.out + day.in_ for day in counted):
        return _("Bar chart of the last 14 days. Nothing moved.")
    most = max(counted, key=lambda day: day.out + day.in_)
    told_ = {
        "first": counted[0].label,
        "last": counted[-1].label,
        "day": most.label,
        "out": most.out,
        "in": most.in_,
    }
    return (
        _("Bar chart of each day from %(first)s to %(last)s. Most on %(day)s: %(out)d out, %(in)d in.")
        % told_
    )
