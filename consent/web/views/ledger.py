"""The member's ledger, read from the audit log: newest first, by day, filtered, a page at a time."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit.log.models import Entry
from audit.proofs import verification
from consent.grants import clock
from consent.grants import selectors as grants
from consent.grants.partners import everyone
from consent.web import pictures, selectors, words
from consent.web.entrance import member_of, member_page
from consent.web.pages import ledger
from consent.web.pages.ledger import Choice, Filters
from consent.web.pages.sentences import IN, KINDS, MOVED, OUT, SHOWN, STAY, is_line
from records.members.models import Member

LINES = 40
CHUNK = 200
MOST_READ = 4000  # entries looked through for one page of a filter that fits few
DIRECTIONS = {"out": OUT, "in": IN, "blocked": STAY, "choice": "good"}


@member_page
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    member, filters = member_of(request), _filters(request)
    now = clock.now()
    today = timezone.localtime(now).date()
    lines, older = _lines(member, filters, before=request.GET.get("older", ""))
    counted = _counts(member, filters, now=now, today=today)
    page = ledger.LedgerPage(
        days=ledger.days(lines, today=today),
        counts=counted,
        bars=pictures.bars([(day.out, day.in_) for day in counted]),
        finding=ledger.finding(counted),
        partners=_choices(_("All partners"), _names().items(), filters.partner),
        directions=_choices(_("Everything"), _directions(), filters.direction),
        types=_choices(_("All types"), _types(), filters.type),
        filtered=filters.any,
        older=older,
        query=urlencode(
            {k: getattr(filters, k) for k in ("partner", "direction", "type") if getattr(filters, k)}
        ),
        checked=ledger.checked(verification.latest()),
    )
    return render(request, "consent/ledger.html", {"page": page})


def _filters(request: HttpRequest) -> Filters:
    """Read the filters. What is not on the lists is no filter."""
    asked = {name: request.GET.get(name, "") for name in ("partner", "direction", "type")}
    return Filters(
        partner=asked["partner"] if asked["partner"] in _names() else "",
        direction=asked["direction"] if asked["direction"] in DIRECTIONS else "",
        type=asked["type"] if asked["type"] in dict(_types()) else "",
    )


def _lines(
    member: Member, filters: Filters, *, before: str
) -> tuple[list[tuple[datetime, ledger.Line]], str]:
    """Return one page of lines, and the entry after which the next begins ("" = no more)."""
    entries = selectors.ledger(member, partner=filters.partner)
    kinds = KINDS[DIRECTIONS[filters.direction]] if filters.direction else SHOWN
    asked = _uuid(before)
    after = entries.filter(event_id=asked).values_list("id", flat=True).first() if asked else None
    read = selectors.whole(entries.filter(kind__in=kinds), before=after, chunk=CHUNK)
    kept: list[Entry] = []
    arrived: set[str] = set()
    last: Entry | None = None
    for count, entry in enumerate(read):
        if len(kept) == LINES or count == MOST_READ:
            return _told(member, kept), str(last.event_id) if last else ""
        last = entry
        if _wanted(entry, filters, arrived):
            kept.append(entry)
    return _told(member, kept), ""


def _wanted(entry: Entry, filters: Filters, arrived: set[str]) -> bool:
    """A send whose arrival is told already needs no second line for the moment it was still open."""
    if not is_line(entry, DIRECTIONS.get(filters.direction, "")):
        return False
    delivery = str(entry.facts.get("delivery", ""))
    if entry.kind == "delivery.delivered":
        arrived.add(delivery)
    if entry.kind == "delivery.may_have_arrived" and delivery in arrived:
        return False
    if not filters.type:
        return True
    named = [str(entry.facts.get("flow", "")), *entry.facts.get("flows", [])]
    return any(flow.partition(":")[2] == filters.type for flow in named)


def _told(member: Member, entries: list[Entry]) -> list[tuple[datetime, ledger.Line]]:
    wanted = {str(entry.facts["entry"]) for entry in entries if "entry" in entry.facts}
    found = selectors.ledger(member).filter(event_id__in=[UUID(each) for each in wanted])
    background = ledger.Background(
        names=_names(),
        decisions={str(entry.event_id): entry for entry in found},
        receipts=list(grants.receipts_of(member)),
    )
    told = [(entry.at, ledger.line(entry, background)) for entry in entries]
    return [(at, line) for at, line in told if line is not None]


def _counts(member: Member, filters: Filters, *, now: datetime, today: date) -> tuple[ledger.DayCount, ...]:
    since = now - timedelta(days=ledger.FORTNIGHT + 1)
    entries = selectors.ledger(member, partner=filters.partner).filter(kind__in=MOVED, at__gte=since)
    arrived: set[str] = set()
    moved = [
        (entry.at, "in" if entry.kind in KINDS[IN] else "out")
        for entry in entries
        if is_line(entry, OUT) and _wanted(entry, filters, arrived)
    ]
    return ledger.counts(moved, today=today)


def _names() -> dict[str, str]:
    return {manifest.slug: manifest.name for manifest in everyone()}


def _directions() -> list[tuple[str, str]]:
    said = {"out": _("Went out"), "in": _("Came in"), "blocked": _("Blocked"), "choice": _("Your choices")}
    return list(said.items())


def _types() -> list[tuple[str, str]]:
    keys = {flow.data_type for manifest in everyone() for flow in manifest.flows}
    return sorted(((key, words.label(key)) for key in keys), key=lambda pair: pair[1])


def _choices(everything: str, pairs: Iterable[tuple[str, str]], chosen: str) -> tuple[Choice, ...]:
    return (
        Choice("", everything, not chosen),
        *(Choice(value, label, value == chosen) for value, label in pairs),
    )


def _uuid(told: str) -> UUID | None:
    try:
        return UUID(told)
    except ValueError:
        return None
