"""What a member's own copy is made of: one part a table of theirs, as plain rows, without secrets of ours or partners'.

Which table is in which part, and why another is in none, stands in `inventory.py`.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import QuerySet

from audit.log.models import Entry
from audit.log.selectors import entries_of
from consent.gate import door
from consent.grants import selectors as grants
from consent.grants import signing
from consent.grants.errors import ReceiptAltered
from consent.grants.models import Grant, Notice, Toggle
from integrations.connectors import vault
from integrations.connectors.models import Connection
from integrations.deliveries.models import Delivery
from integrations.events.models import EventDelivery
from integrations.intake.models import InboundNotice
from integrations.privacy.models import OwnCopy
from integrations.tokens.models import PersonalToken
from records.members.models import Member

Row = dict[str, Any]
ROWS = 500  # of a table in memory at a time


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its name (the files are `<name>.json` and `<name>.csv`), its columns, and its rows for one member."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[Member], Iterator[Row]]


def _account(member: Member) -> Iterator[Row]:
    yield _plain(member, ACCOUNT) | {"signs in with a password": member.has_usable_password()}


def _addresses(member: Member) -> Iterator[Row]:
    return _rows(EmailAddress.objects.filter(user=member).order_by("id"), ADDRESSES)


def _second_steps(member: Member) -> Iterator[Row]:
    return _rows(Authenticator.objects.filter(user=member).order_by("id"), SECOND_STEPS)


def _browsers(member: Member) -> Iterator[Row]:
    return _rows(UserSession.objects.filter(user=member).order_by("id"), BROWSERS)


def _grants(member: Member) -> Iterator[Row]:
    return _rows(Grant.objects.filter(member=member).order_by("granted_at", "ref"), GRANTS)


def _toggles(member: Member) -> Iterator[Row]:
    found = Toggle.objects.filter(grant__member=member).order_by("grant__granted_at", "flow")
    return _rows(found, TOGGLES)


def _notices(member: Member) -> Iterator[Row]:
    found = Notice.objects.filter(grants__member=member).distinct().order_by("partner", "version")
    return _rows(found, NOTICES)


def _receipts(member: Member) -> Iterator[Row]:
    """What each says and the signature to check it by; one that was altered says nothing."""
    keys = signing.jwks()
    for receipt in grants.receipts_of(member).order_by("at", "ref").iterator(chunk_size=ROWS):
        try:
            said = signing.document_of(receipt, keys)
        except ReceiptAltered:
            said = None
        yield _plain(receipt, RECEIPTS[:-2]) | {"document": said, "jws": receipt.jws}


def _deliveries(member: Member) -> Iterator[Row]:
    return _rows(Delivery.objects.filter(grant__member=member).order_by("created_at", "id"), DELIVERIES)


def _events(member: Member) -> Iterator[Row]:
    return _rows(EventDelivery.objects.filter(grant__member=member).order_by("number"), EVENTS)


def _connections(member: Member) -> Iterator[Row]:
    """The account at the partner is the member's own to know; the tokens are nobody's to read."""
    for link in Connection.objects.filter(member=member).order_by("created_at"):
        account = vault.open_account(link) if link.account else ""
        yield _plain(link, CONNECTIONS[:-1]) | {"account": account}


def _messages(member: Member) -> Iterator[Row]:
    links = Connection.objects.filter(member=member).exclude(account_digest="")
    for partner, digest in links.values_list("partner", "account_digest").distinct():
        told = InboundNotice.objects.filter(partner=partner, account_digest=digest)
        yield from _rows(told.order_by("received_at"), MESSAGES)


def _copies(member: Member) -> Iterator[Row]:
    return _rows(OwnCopy.objects.filter(member=member).order_by("asked_at"), COPIES)


def _keys(member: Member) -> Iterator[Row]:
    """What each is for and until when; the key itself is kept nowhere."""
    return _rows(PersonalToken.objects.filter(member=member).order_by("made_at", "id"), KEYS)


def _documents(member: Member) -> Iterator[Row]:
    """Everything, women's health and free text included: it is their own (GDPR Art. 20)."""
    for each in door.export_own(member_id=member.id):
        yield {
            "document": str(each.ref),
            "kind": each.kind,
            "day": each.day.isoformat(),
            "origin": each.origin,
            "revision": each.revision,
            "fields": dict(each.fields),
        }


def entries(member: Member) -> QuerySet[Entry]:
    """Return the log's entries about the member, oldest first, under each of their pseudonyms."""
    known = Grant.objects.filter(member=member).values_list("partner", flat=True)
    named = {*grants.subjects_of(member), *grants.subjects_of(member, set(known))}
    return entries_of(named).order_by("id")


def _ledger(member: Member) -> Iterator[Row]:
    for entry in entries(member).iterator(chunk_size=ROWS):
        yield json.loads(bytes(entry.body))


def _rows(found: QuerySet[Any], columns: tuple[str, ...]) -> Iterator[Row]:
    for row in found.iterator(chunk_size=ROWS):
        yield _plain(row, columns)


def _plain(row: Any, columns: tuple[str, ...]) -> Row:
    return {name: _written(getattr(row, name)) for name in columns}


def _written(value: Any) -> Any:
    if isinstance(value, datetime) or hasattr(value, "isoformat"):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | list | dict) else str(value)


ACCOUNT = (
    "id",
    "email",
    "region",
    "timezone",
    "locale",
    "ring_generation",
    "membership",
    "date_joined",
    "last_login",
)
ADDRESSES = ("email", "verified", "primary")
SECOND_STEPS = ("type", "created_at", "last_used_at")
BROWSERS = ("ip", "user_agent", "created_at", "last_seen_at")
GRANTS = (
    "ref", "partner", "status", "granted_at", "expires_at", "ended_at", "history_from", "epoch", "notice_id",
)  # fmt: skip
TOGGLES = ("grant_id", "flow", "purpose", "on", "fields", "epoch", "changed_at")
NOTICES = ("digest", "partner", "locale", "version", "created_at", "document")
RECEIPTS = ("ref", "grant_id", "number", "change", "at", "event_id", "document", "jws")
DELIVERIES = (
    "id", "grant_id", "flow", "document_ref", "kind", "day", "state", "attempt", "trouble", "reference",
    "decision_event", "outcome_event", "created_at", "ended_at",
)  # fmt: skip
EVENTS = (
    "ref", "grant_id", "event_type", "data_type", "document_ref", "kind", "day", "flows", "state", "attempt",
    "trouble", "decision_event", "outcome_event", "created_at", "ended_at",
)  # fmt: skip
CONNECTIONS = (
    "id", "grant_ref", "partner", "status", "granted", "created_at", "forgotten_at", "told_at", "ended_at", "account",
)  # fmt: skip
MESSAGES = ("partner", "verb", "reference", "state", "received_at", "ended_at")
COPIES = ("ref", "state", "asked_at", "ready_at", "fetched_at")
KEYS = ("id", "note", "made_at", "ends_at", "ended_at")
LEDGER = ("id", "at", "kind", "actor", "subject", "partner", "types", "outcome", "facts", "v")
DOCUMENTS = ("document", "kind", "day", "origin", "revision", "fields")

PARTS = (
    Part("account", (*ACCOUNT, "signs in with a password"), _account),
    Part("addresses", ADDRESSES, _addresses),
    Part("second_steps", SECOND_STEPS, _second_steps),
    Part("browsers", BROWSERS, _browsers),
    Part("grants", GRANTS, _grants),
    Part("toggles", TOGGLES, _toggles),
    Part("notices", NOTICES, _notices),
    Part("receipts", RECEIPTS, _receipts),
    Part("deliveries", DELIVERIES, _deliveries),
    Part("events", EVENTS, _events),
    Part("connections", CONNECTIONS, _connections),
    Part("messages", MESSAGES, _messages),
    Part("downloads", COPIES, _copies),
    Part("keys", KEYS, _keys),
    Part("ledger", LEDGER, _ledger),
    Part("documents", DOCUMENTS, _documents),
)
