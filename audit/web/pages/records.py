"""The page of records: the last thirty days as charts, the search, and what it found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.log.models import Entry
from audit.ports import Recipient
from audit.web import pictures, words
from audit.web.pages.form import Field
from audit.web.pages.seal import Seal
from audit.web.selectors import Count, Moved

RISE, FEW = 3, 5  # a day stands out at three times the middle one, and from five on


@dataclass(frozen=True, slots=True)
class Series:
    """One chart: what moved one way over the days, with its numbers."""

    kind: str
    word: str
    total: str
    highest: str
    lowest: str
    told: str
    bars: tuple[pictures.Bar, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A line of the numbers: one recipient or one reason. `query` finds its records."""

    name: str
    told: str
    counts: tuple[str, ...]
    query: str


@dataclass(frozen=True, slots=True)
class Days:
    """The card of the last thirty days. `finding` says what stands out, `query` finds it."""

    about: str
    first: str
    last: str
    series: tuple[Series, ...]
    partners: tuple[Part, ...]
    reasons: tuple[Part, ...]
    finding: str
    query: str
    query_words: str
    any: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One record of the table. `colour` is out, in, stay, or nothing when nothing moved."""

    event_id: str
    index: str
    time: str
    moment: str
    subject: str
    recipient: str
    what: str
    why: str
    colour: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Loosened:
    name: str
    query: str


@dataclass(frozen=True, slots=True)
class RecordsPage:
    days: Days
    seal: Seal
    fields: tuple[Field, ...]
    problems: tuple[Field, ...]
    rows: tuple[Row, ...]
    counted: str
    loosen: tuple[Loosened, ...]
    nothing_yet: bool
    query: str
    older: str
    back_to: str
    later_page: bool


def row(
    entry: Entry,
    *,
    index: int | None,
    recipients: Mapping[str, Recipient],
    data_types: Mapping[str, str],
) -> Row:
    """Return one record as the table tells it."""
    named = recipients.get(entry.partner)
    return Row(
        event_id=str(entry.event_id),
        index=words.number(index) if index is not None else "",
        time=words.moment(entry.at),
        moment=entry.at.isoformat(),
        subject=entry.subject,
        recipient=named.name if named else entry.partner,
        what=words.kind(entry.kind, words.listed(entry.types, data_types)),
        why=words.reason(entry.reason) if entry.reason not in {"", "permitted"} else "",
        colour=words.COLOURS.get(entry.outcome, ""),
        outcome=words.outcome(entry.outcome),
    )


def counted(count: Count | None) -> str:
    """Return how many were found, honestly: what was not counted to the end is "more than"."""
    if count is None:
        return _("Newest first")
    if not count.number and not count.exact:
        return _("None found so far")
    told = words.number(count.number)
    if not count.exact:
        return _("More than %(count)s found, newest first") % {"count": told}
    return ngettext("%(count)s found", "%(count)s found, newest first", count.number) % {"count": told}


def days(
    moved: Moved,
    listed: Sequence[date],
    *,
    about: str,
    narrowed: Mapping[str, str],
    recipients: Mapping[str, Recipient],
    sentences: Mapping[str, str],
) -> Days:
    """Return the card of these days. `narrowed` are the filters that the charts keep to, `about` says so."""
    period = {**narrowed, "since": listed[0].isoformat(), "until": listed[-1].isoformat()}
    series = tuple(_series(outcome, moved, listed) for outcome in words.OUTCOMES)
    finding, query, query_words = _finding(moved, listed, narrowed)
    slugs = sorted({slug for slug, _outcome in moved.by_partner})
    reasons = sorted(moved.by_reason.items(), key=lambda pair: (-pair[1], pair[0]))
    return Days(
        about=about,
        first=words.day(listed[0]),
        last=words.day(listed[-1]),
        series=series,
        partners=tuple(_of_partner(slug, moved, recipients, period) for slug in slugs),
        reasons=tuple(
            Part(
                name=words.reason(reason).capitalize() or _("No reason named"),
                told=sentences.get(reason, ""),
                counts=(words.number(count),),
                query=urlencode({**period, "outcome": "blocked", **({"reason": reason} if reason else {})}),
            )
            for reason, count in reasons
        ),
        finding=finding,
        query=query,
        query_words=query_words,
        any=any(each.bars for each in series),
    )


def _of_partner(
    slug: str, moved: Moved, recipients: Mapping[str, Recipient], period: Mapping[str, str]
) -> Part:
    named = recipients.get(slug)
    return Part(
        name=named.name if named else slug or _("No recipient"),
        told="",
        counts=tuple(words.number(moved.by_partner.get((slug, outcome), 0)) for outcome in words.OUTCOMES),
        query=urlencode({**period, **({"partner": slug} if slug else {})}),
    )


def _series(outcome: str, moved: Moved, listed: Sequence[date]) -> Series:
    counts = [moved.by_day.get((day, outcome), 0) for day in listed]
    total, highest, lowest = sum(counts), max(counts), min(counts)
    told = _("%(total)s in all, highest day %(highest)s") % {
        "total": words.number(total),
        "highest": words.number(highest),
    }
    return Series(
        kind=words.COLOURS[outcome],
        word=words.outcome(outcome),
        total=words.number(total),
        highest=words.number(highest),
        lowest=words.number(lowest),
        told=told if total else _("None"),
        bars=pictures.bars(counts),
    )


def _finding(moved: Moved, listed: Sequence[date], narrowed: Mapping[str, str]) -> tuple[str, str, str]:
    """Return what stands out in words, and where its records are: a day on which more than usual was blocked."""
    blocked = {day: moved.by_day.get((day, "blocked"), 0) for day in listed}
    worst = max(listed, key=lambda day: blocked[day])
    most = blocked[worst]
    if not any(moved.by_day.values()):
        return _("Nothing moved and nothing was blocked."), "", ""
    if most < FEW or most < RISE * median(blocked.values()):
        return _("No day stands out."), "", ""
    on = worst.isoformat()
    query = urlencode({**narrowed, "outcome": "blocked", "since": on, "until": on})
    told = {"count": words.number(most), "day": words.day(worst)}
    return (
        _("Blocked requests rose to %(count)s on %(day)s.") % told,
        query,
        _("See those %(count)s") % told,
    )
