"""Reading for the member's pages: which day a preview shows, when a flow last moved, which receipts there are."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from audit.log.models import Entry
from audit.log.selectors import entries_of
from consent.gate import door
from consent.grants import selectors as grants
from consent.grants.models import Notice, Receipt
from consent.web.pages.sentences import SHOWN
from records.members.models import Member

ARRIVED = ("delivery.delivered", "delivery.may_have_arrived", "import.permitted", "api.answered")
NEWEST = 10  # receipts on a partner's page
LOOK_BACK = 500  # entries; older uses are in the ledger


def last_full_day(member: Member, *, now: datetime) -> date:
    """Return yesterday where the member lives, or the newest day before it of which anything is recorded."""
    yesterday = now.astimezone(ZoneInfo(member.timezone)).date() - timedelta(days=1)
    newest = door.newest_day(member_id=member.id)
    return newest if newest is not None and newest < yesterday else yesterday


def last_moved(member: Member, partner: str) -> dict[str, datetime]:
    """Return when each flow of one partner last moved, from the log."""
    moved: dict[str, datetime] = {}
    for entry in _entries(member, partner).filter(kind__in=ARRIVED)[:LOOK_BACK]:
        for flow in entry.facts.get("flows") or [
            entry.facts.get("flow", "")
        ]:  # a read through the API has several
            moved.setdefault(str(flow), entry.at)
    return moved


def receipts_for(member: Member, partner: str) -> QuerySet[Receipt]:
    """Return the newest receipts of one partner, of ended grants too; the ledger leads to every one."""
    return grants.receipts_of(member).filter(grant__partner=partner)[:NEWEST]


def receipt_of(member: Member, ref: UUID) -> Receipt | None:
    """Return one receipt of the member; another's is none at all (SR-4.7)."""
    return grants.receipts_of(member).filter(ref=ref).first()


def ledger(member: Member, *, partner: str = "") -> QuerySet[Entry]:
    """Return the member's entries in the log, newest first, of one partner or of all."""
    named = [partner] if partner else None
    return entries_of(grants.subjects_of(member, named))


def line_of(member: Member, event_id: UUID) -> bool:
    """Whether this entry is a line of the member's own ledger."""
    return ledger(member).filter(event_id=event_id, kind__in=SHOWN).exists()


def whole(entries: QuerySet[Entry], *, before: int | None, chunk: int) -> Iterator[Entry]:
    """Yield entries older than the number `before`, newest first, a chunk at a time: pages of a log that grows."""
    older = entries.filter(id__lt=before) if before else entries
    while found := list(older[:chunk]):
        yield from found
        older = entries.filter(id__lt=found[-1].pk)


def said_not_now(member: Member, notice: Notice) -> bool:
    """Whether the member answered just this notice with Not now before; then nobody points to it again."""
    refused = _entries(member, notice.partner).filter(kind="consent.refused")[:LOOK_BACK]
    return any(entry.facts.get("notice") == notice.digest for entry in refused)


def _entries(member: Member, partner: str) -> QuerySet[Entry]:
    return entries_of([grants.subject_of(member.id, partner)])
