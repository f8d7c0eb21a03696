"""What a breach touched: which members, which data types, which recipients, when (GDPR Art. 33(3)). Pure.

Given a partner, a reason or a policy, and a window. The log knows members by a pseudonym for each connection, so the
number of pseudonyms is the most that the number of people can be.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from audit.reports.shapes import Cell, Names, Report, written

LEFT_TO_A_PERSON = "for a person to write: the log does not know it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What a breach is looked for by. A reason or policy is that of the entry, or of the decision behind it."""

    partner: str = ""
    reason: str = ""
    policy: str = ""

    def told(self) -> dict[str, str]:
        named = {"partner": self.partner, "reason": self.reason, "policy": self.policy}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """What went out about one member of one recipient, type by type."""

    subject: str
    partner: str
    types: tuple[str, ...]
    count: int
    may_have_arrived: int
    first: datetime
    last: datetime

    def told(self) -> dict[str, Any]:
        return {
            "subject": self.subject,
            "partner": self.partner,
            "data_types": list(self.types),
            "count": self.count,
            "may_have_arrived": self.may_have_arrived,
            "first": written(self.first),
            "last": written(self.last),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """How many entries of one kind match; `outcome` as the log has it: out, in, blocked or empty."""

    kind: str
    outcome: str
    reason: str
    sentence: str
    count: int

    def told(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "outcome": self.outcome,
            "reason": self.reason,
            "sentence": self.sentence,
            "count": self.count,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach(Report):
    """The facts of a breach as far as the log has them, laid out as the notification asks for them."""

    name: ClassVar[str] = "breach"
    title: ClassVar[str] = "What a breach touched"
    law: ClassVar[tuple[str, ...]] = ("GDPR Art. 33(3)", "45 CFR 164.404(c)")
    columns: ClassVar[tuple[str, ...]] = (
        "subject",
        "recipient",
        "data",
        "count",
        "may_have_arrived",
        "first",
        "last",
    )

    criteria: Criteria
    affected: tuple[Affected, ...]
    matched: tuple[Matched, ...]
    names: Names

    @property
    def subjects(self) -> int:
        return len({each.subject for each in self.affected})

    @property
    def disclosures(self) -> int:
        return sum(each.count for each in self.affected)

    @property
    def may_have_arrived(self) -> int:
        return sum(each.may_have_arrived for each in self.affected)

    @property
    def entries(self) -> int:
        return sum(each.count for each in self.matched)

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(sorted({data_type for each in self.affected for data_type in each.types}))

    @property
    def partners(self) -> tuple[str, ...]:
        return tuple(sorted({each.partner for each in self.affected}))

    @property
    def first(self) -> datetime | None:
        return min((each.first for each in self.affected), default=None)

    @property
    def last(self) -> datetime | None:
        return max((each.last for each in self.affected), default=None)

    def notes(self) -> tuple[str, ...]:
        nothing = () if self.affected else ("The log shows that nothing went out that matches.",)
        return (
            *nothing,
            "Times are UTC. Each line counts disclosures: releases that arrived, or may have.",
            "A subject is a pseudonym for one member at one recipient. There are at most as many people as subjects.",
            "A release still under way when this was made is not in it. Make it again a minute later.",
        )

    def content(self) -> dict[str, Any]:
        return {
            "criteria": self.criteria.told(),
            "subjects": self.subjects,
            "disclosures": self.disclosures,
            "may_have_arrived": self.may_have_arrived,
            "entries": self.entries,
            "data_types": list(self.types),
            "recipients": [self.names.party(each).told() for each in self.partners],
            "first": written(self.first) if self.first else None,
            "last": written(self.last) if self.last else None,
            "notification": self.notification(),
            "matched": [each.told() for each in self.matched],
            "affected": [each.told() for each in self.affected],
        }

    def notification(self) -> dict[str, Any]:
        """Return the four parts of GDPR Art. 33(3), filled as far as the log goes."""
        return {
            "a_nature": {
                "categories_of_data_subjects": ["members"],
                "data_subjects_at_most": self.subjects,
                "categories_of_records": self.names.described(self.types),
                "approximate_number_of_records": self.disclosures,
                "description": LEFT_TO_A_PERSON,
            },
            "b_contact": LEFT_TO_A_PERSON,
            "c_likely_consequences": LEFT_TO_A_PERSON,
            "d_measures": LEFT_TO_A_PERSON,
        }

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        for each in self.affected:
            yield (
                each.subject,
                self.names.party(each.partner).name,
                self.names.described(each.types),
                each.count,
                each.may_have_arrived,
                written(each.first),
                written(each.last),
            )
