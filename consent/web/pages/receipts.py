"""A receipt as a page: what changed, what is on after it, who gets it, why, until when. Read from the document."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from consent.grants import signing
from consent.grants.errors import ReceiptAltered
from consent.grants.models import Receipt
from consent.grants.receipts import Change
from consent.manifests.shapes import Direction
from consent.web import words


@dataclass(frozen=True, slots=True)
class Row:
    flow: str
    direction: str
    name: str
    why: str
    on: bool
    fields: str
    codes: str


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    ref: str
    number: int
    partner: str
    slug: str
    sentence: str
    at: str
    who: str
    until: str
    starts: str
    pseudonym: str
    notice: str
    rows: tuple[Row, ...]


def page(receipt: Receipt, *, name: str) -> ReceiptPage:
    """Return the page of one receipt of the partner called `name`. Raises ReceiptAltered."""
    told = signing.document_of(receipt)
    at = datetime.fromisoformat(told["record_metadata"]["issued_at"])
    recipient = next(party for party in told["parties"] if party["role"] == "recipient")
    return ReceiptPage(
        ref=str(receipt.ref),
        number=told["record_metadata"]["number"],
        partner=name,
        slug=receipt.grant.partner,
        sentence=sentence(told),
        at=_("%(day)s, %(time)s") % {"day": words.day(at), "time": words.clock(at)},
        who=f"{recipient['name']}, {recipient['country']}",
        until=words.day(datetime.fromisoformat(told["consent"]["expires_at"])),
        starts=words.covered(date.fromisoformat(told["consent"]["history_from"])),
        pseudonym=told["record_metadata"]["pii_principal_id"],
        notice=told["notice"]["digest"],
        rows=tuple(_row(flow) for flow in told["flows"]),
    )


def sentences(receipts: Iterable[Receipt]) -> Iterator[tuple[Receipt, str]]:
    """Yield receipts with what each says, or that it was altered."""
    keys = signing.jwks()
    for receipt in receipts:
        try:
            yield receipt, sentence(signing.document_of(receipt, keys))
        except ReceiptAltered:
            yield receipt, _("This receipt cannot be shown to be ours.")


def sentence(told: Mapping[str, Any]) -> str:
    """Return what the member (or the clock, or the partner) did, in one sentence."""
    names = {flow["flow"]: flow["name"] for flow in told["flows"]}
    changed = ", ".join(names.get(flow, flow) for flow in told["event"]["flows"])
    match Change(told["event"]["change"]):
        case Change.ALLOWED | Change.CHANGED:
            return _allowed([flow["flow"] for flow in told["flows"] if flow["on"]])
        case Change.TURNED_ON:
            return _("You turned on %(what)s.") % {"what": changed}
        case Change.TURNED_OFF:
            return _("You turned off %(what)s.") % {"what": changed}
        case Change.WITHDRAWN:
            return _("You stopped sharing.")
        case Change.REVOKED:
            return _("The link was ended.")
        case Change.EXPIRED:
            return _("Your yes ended. Its time ran out.")


def _allowed(on: list[str]) -> str:
    out = sum(flow.startswith(Direction.EXPORT) for flow in on)
    told = {"out": words.types(out) if out else _("nothing"), "in": len(on) - out or _("none")}
    return _("You allowed %(out)s out and %(in)s in.") % told


def _row(flow: Mapping[str, Any]) -> Row:
    paths = sorted({field.partition(".")[2] for field in flow["fields"]})
    return Row(
        flow=flow["flow"],
        direction="out" if flow["flow"].startswith(Direction.EXPORT) else "in",
        name=flow["name"],
        why=flow["why"],
        on=flow["on"],
        fields=", ".join(dict.fromkeys(words.part(path) for path in paths)),
        codes=" ".join(flow["fields"]),
    )
