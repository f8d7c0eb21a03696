"""Reading what is one member's own, a page at a time: newest first, each page begins after a row they have seen."""

from collections.abc import Mapping
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from audit.log.models import Entry
from consent.grants import selectors as grants
from consent.grants.lifecycle import Status
from consent.grants.models import Grant, Receipt
from consent.grants.partners import everyone
from consent.web import selectors as web
from consent.web.pages import sentences
from integrations.api_v1.problems import no_such_row, no_such_thing
from records.members.models import Member

Row = TypeVar("Row", bound=Model)


def connections(member: Member, *, after: UUID | None, size: int) -> tuple[list[Grant], UUID | None]:
    """Return a page of the member's connections, live and ended, and after which the next begins."""
    return _page(grants.grants_of(member), "granted_at", after, size)


def connection(member: Member, ref: UUID) -> Grant:
    """Return one of the member's own. Raises Problem: another's is none at all (SR-4.7)."""
    found = grants.grants_of(member).filter(ref=ref).first()
    if found is None:
        raise no_such_thing()
    return found


def receipts(member: Member, *, after: UUID | None, size: int) -> tuple[list[Receipt], UUID | None]:
    return _page(grants.receipts_of(member), "at", after, size)


def receipt(member: Member, ref: UUID) -> Receipt:
    """Return one of the member's own. Raises Problem."""
    found = web.receipt_of(member, ref)
    if found is None:
        raise no_such_thing()
    return found


def lines(member: Member, *, after: UUID | None, size: int) -> tuple[list[dict[str, Any]], UUID | None]:
    """Return a page of the ledger's lines, in the words of the page that shows them."""
    entries = web.ledger(member).filter(kind__in=sentences.SHOWN)
    before: int | None = None
    if after is not None:
        before = entries.filter(event_id=after).values_list("id", flat=True).first()
        if before is None:
            raise no_such_row()
    names = {manifest.slug: manifest.name for manifest in everyone()}
    told = (
        line for entry in web.whole(entries, before=before, chunk=size + 1) if (line := _line(entry, names))
    )
    found = list(islice(told, size + 1))
    return found[:size], found[size - 1]["ref"] if len(found) > size else None


def as_connection(grant: Grant, name: str) -> dict[str, Any]:
    """Return a connection as it is told. Under one that has ended, nothing is on."""
    live = grant.status == Status.ACTIVE
    toggles = sorted(grant.toggles.all(), key=lambda toggle: toggle.flow)
    return {
        "ref": grant.ref,
        "partner": grant.partner,
        "name": name,
        "status": grant.status,
        "given_at": grant.granted_at,
        "expires_at": grant.expires_at,
        "ended_at": grant.ended_at,
        "history_from": grant.history_from,
        "toggles": [
            {"flow": each.flow, "on": each.on and live, "changed_at": each.changed_at} for each in toggles
        ],
    }


def as_receipt(receipt: Receipt) -> dict[str, Any]:
    return {
        "ref": receipt.ref,
        "connection": receipt.grant_id,
        "partner": receipt.grant.partner,
        "number": receipt.number,
        "change": receipt.change,
        "at": receipt.at,
    }


def _line(entry: Entry, names: Mapping[str, str]) -> dict[str, Any] | None:
    told = sentences.told(entry, names.get(entry.partner, entry.partner))
    if told is None:
        return None
    return {
        "ref": entry.event_id,
        "at": entry.at,
        "kind": entry.kind,
        "partner": entry.partner,
        "outcome": entry.outcome,
        "reason": entry.reason,
        "data_types": entry.types.split(),
        "sentence": told.sentence,
        "receipt": entry.facts.get("receipt"),
    }


def _page(rows: QuerySet[Row], moment: str, after: UUID | None, size: int) -> tuple[list[Row], UUID | None]:
    """Return rows by their moment, newest first, and the ref after which the next page begins (None = no more)."""
    if after is not None:
        at = rows.filter(ref=after).values_list(moment, flat=True).first()
        if at is None:
            raise no_such_row()
        rows = rows.filter(Q(**{f"{moment}__lt": at}) | Q(**{moment: at, "ref__lt": after}))
    found = list(rows.order_by(f"-{moment}", "-ref")[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None
