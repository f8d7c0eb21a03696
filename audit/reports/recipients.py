"""Everyone who received a member's data, and how each is reached. Pure.

Washington's My Health My Data Act asks for a list of all third parties and affiliates with whom health data was shared,
with an online way to contact them (RCW 19.373.040(1)(a)); GDPR Art. 15(1)(c) for the recipients to whom it was, or will
be, disclosed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from audit.reports.disclosures import Disclosure
from audit.reports.shapes import OWN_PROGRAM, Cell, Names, Party, Report, written


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One recipient: what it received, and what it may receive from now on. Without a first there was nothing yet."""

    recipient: Party
    types: tuple[str, ...]
    description: str
    first: datetime | None
    last: datetime | None
    count: int
    may_have_arrived: int
    allowed_now: tuple[str, ...]
    allowed_description: str

    @property
    def third_party(self) -> bool:
        return self.recipient.slug != OWN_PROGRAM

    def told(self) -> dict[str, Any]:
        return {
            "recipient": self.recipient.told(),
            "third_party": self.third_party,
            "data_types": list(self.types),
            "description": self.description,
            "first": written(self.first) if self.first else None,
            "last": written(self.last) if self.last else None,
            "count": self.count,
            "may_have_arrived": self.may_have_arrived,
            "allowed_now": list(self.allowed_now),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients(Report):
    """Everyone who received this member's data, or may from now on."""

    name: ClassVar[str] = "recipients"
    title: ClassVar[str] = "Third parties that received a member’s data"
    law: ClassVar[tuple[str, ...]] = ("RCW 19.373.040(1)(a)", "GDPR Art. 15(1)(c)")
    columns: ClassVar[tuple[str, ...]] = (
        "recipient",
        "third_party",
        "legal_entity",
        "country",
        "contact",
        "deletion",
        "received",
        "first",
        "last",
        "count",
        "may_have_arrived",
        "allowed_now",
        "onward_recipients",
    )

    received: tuple[Received, ...]

    def notes(self) -> tuple[str, ...]:
        return (
            "Times are UTC. Received means that it arrived, or may have.",
            "“Allowed now” is what is switched on by the log's last word: it may go out from now on.",
            "Onward recipients are those that the recipient has named to us. Others are not known.",
            "The register knows no affiliate of the controller. No purpose may be sale or advertising.",
        )

    def content(self) -> dict[str, Any]:
        return {"recipients": [each.told() for each in self.received]}

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        for each in self.received:
            yield (
                each.recipient.name,
                "yes" if each.third_party else "no",
                each.recipient.legal_entity,
                each.recipient.country,
                each.recipient.contact,
                each.recipient.deletion,
                each.description,
                written(each.first) if each.first else "",
                written(each.last) if each.last else "",
                each.count,
                each.may_have_arrived,
                each.allowed_description,
                "; ".join(each.recipient.onward),
            )


def received_by(
    disclosures: Iterable[Disclosure], open_now: Iterable[tuple[str, frozenset[str]]], names: Names
) -> tuple[Received, ...]:
    """Return one line for each recipient, by slug. `open_now` is each partner with the types that are on."""
    went: dict[str, list[Disclosure]] = {}
    for each in disclosures:
        went.setdefault(each.partner, []).append(each)
    allowed: dict[str, set[str]] = {}
    for partner, types in open_now:
        allowed.setdefault(partner, set()).update(types)
    return tuple(
        _received(partner, went.get(partner, []), tuple(sorted(allowed.get(partner, ()))), names)
        for partner in sorted({*went, *allowed})
    )


def _received(partner: str, some: list[Disclosure], allowed: tuple[str, ...], names: Names) -> Received:
    types = tuple(sorted({each for disclosure in some for each in disclosure.types}))
    return Received(
        recipient=names.party(partner),
        types=types,
        description=names.described(types),
        first=some[0].at if some else None,
        last=some[-1].at if some else None,
        count=len(some),
        may_have_arrived=sum(not each.arrived for each in some),
        allowed_now=allowed,
        allowed_description=names.described(allowed),
    )
