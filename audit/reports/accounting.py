"""The accounting of disclosures for one member (45 CFR 164.528). Pure.

Date, recipient and what is known of its address, brief description, purpose; six years back. Several disclosures of the
same types to one recipient for one purpose stand as the first, the last and how many (164.528(b)(3)).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from audit.reports.disclosures import Disclosure
from audit.reports.shapes import OWN_PROGRAM, Cell, Names, Party, Report, written

NOT_KNOWN = "not known: the register no longer names this recipient or this flow"
AUTHORISED = "the member's yes is in the log"
TO_THE_MEMBER = "the member's own program"
IN_THE_ACCOUNT = "no yes of the member is in the log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """All disclosures of the same types to one recipient on one footing. `may_have_arrived` of `count` are not sure."""

    recipient: Party
    types: tuple[str, ...]
    description: str
    purpose: str
    first: datetime
    last: datetime
    count: int
    may_have_arrived: int
    authorised: bool

    @property
    def standing(self) -> str:
        """On what footing this went out, as the log shows it."""
        if not self.authorised:
            return IN_THE_ACCOUNT
        return TO_THE_MEMBER if self.recipient.slug == OWN_PROGRAM else AUTHORISED

    def told(self) -> dict[str, Any]:
        return {
            "date": written(self.first),
            "last": written(self.last),
            "count": self.count,
            "may_have_arrived": self.may_have_arrived,
            "recipient": self.recipient.told(),
            "data_types": list(self.types),
            "description": self.description,
            "purpose": self.purpose,
            "authorised": self.authorised,
            "standing": self.standing,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounting(Report):
    """Every disclosure of one member's data, oldest first."""

    name: ClassVar[str] = "accounting"
    title: ClassVar[str] = "Accounting of disclosures"
    law: ClassVar[tuple[str, ...]] = ("45 CFR 164.528",)
    columns: ClassVar[tuple[str, ...]] = (
        "first",
        "last",
        "count",
        "may_have_arrived",
        "recipient",
        "legal_entity",
        "country",
        "contact",
        "description",
        "purpose",
        "authorised",
        "standing",
    )

    lines: tuple[Line, ...]

    @property
    def count(self) -> int:
        return sum(line.count for line in self.lines)

    def notes(self) -> tuple[str, ...]:
        return (
            "Times are UTC. A disclosure is dated when it first left and may have arrived.",
            "“May have arrived” counts those whose end is not known. They count as disclosures.",
            "A line marked as authorised went out on the member's own yes, which is in the log.",
            "Disclosures under an authorization are outside the duty (164.528(a)(1)(iv)). They are listed too.",
            "A line without that mark has no yes in the log that was in force when it was decided. Look into it.",
            "The postal address of a recipient is not known to us: its country and its privacy page are given.",
            "Purposes are those of today's register. The receipts name the notices that the member was shown.",
        )

    def content(self) -> dict[str, Any]:
        return {
            "disclosures": self.count,
            "authorised": sum(line.count for line in self.lines if line.authorised),
            "lines": [line.told() for line in self.lines],
        }

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        for line in self.lines:
            yield (
                written(line.first),
                written(line.last),
                line.count,
                line.may_have_arrived,
                line.recipient.name,
                line.recipient.legal_entity,
                line.recipient.country,
                line.recipient.contact,
                line.description,
                line.purpose,
                "yes" if line.authorised else "no",
                line.standing,
            )


def lines_of(disclosures: Iterable[Disclosure], names: Names) -> tuple[Line, ...]:
    """Return the accounting's lines from disclosures in the order of time."""
    alike: dict[tuple[str, tuple[str, ...], bool], list[Disclosure]] = {}
    for each in disclosures:
        alike.setdefault((each.partner, each.types, each.authorised), []).append(each)
    return tuple(
        Line(
            recipient=names.party(partner),
            types=types,
            description=names.described(types),
            purpose=names.purposes(partner, types) or NOT_KNOWN,
            first=some[0].at,
            last=some[-1].at,
            count=len(some),
            may_have_arrived=sum(not each.arrived for each in some),
            authorised=authorised,
        )
        for (partner, types, authorised), some in alike.items()
    )
