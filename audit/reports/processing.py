"""The records of processing activities, written from the register (GDPR Art. 30(1)). Pure.

One line for each purpose, partner and direction. What a person must add (the controller's address, its
representative, the data protection officer, the safeguards of a transfer) is named as missing, never made up.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from audit.reports.shapes import OWN_PROGRAM, Cell, Names, Party, Report, in_words

DATA_SUBJECTS = "Members of the ring service"
# Art. 30(1)(g): what the house does, in general words. Each is held by a test or a contract of its own.
SECURITY = (
    "One policy gate decides on every release and lets out no field that the member has not switched on.",
    "Health documents are sealed (AES-256-GCM) under a key of each member; deleting that key makes them unreadable.",
    "The log names members by a pseudonym for each connection and holds no health value.",
    "The log is append-only, and its signed tree shows any later change.",
    "One door to the network, with checked addresses; credentials of partners are sealed.",
    "Staff have separate roles; a member's identity needs a ticket and two people.",
)
TAKEN_IN = "Kept with the member's own records, at the latest until the member is erased."
TO_ADD = (
    "the controller's contact details, its representative and its data protection officer (Art. 30(1)(a))",
    "the safeguards of each transfer to a third country, where Art. 49(1) asks for them (Art. 30(1)(e))",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One purpose for which one partner gets, or gives us, some types. `direction` is export or import."""

    purpose: str
    direction: str
    partner: Party  # the recipient of an export, the source of an import
    types: tuple[str, ...]
    description: str
    why: str

    @property
    def time_limit(self) -> str:
        return self.partner.retention if self.direction == "export" else TAKEN_IN

    def told(self) -> dict[str, Any]:
        return {
            "purpose": self.purpose,
            "direction": self.direction,
            "data_subjects": DATA_SUBJECTS,
            "data_types": list(self.types),
            "description": self.description,
            "why": self.why,
            "partner": self.partner.told(),
            "time_limit": self.time_limit,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Processing(Report):
    """The controller's records of processing, as the register and the retention schedule have them today.

    `terms` are the days that each of our own kinds of record is kept. `without_flows` are registered and get nothing.
    """

    name: ClassVar[str] = "processing"
    title: ClassVar[str] = "Records of processing activities"
    law: ClassVar[tuple[str, ...]] = ("GDPR Art. 30(1)",)
    columns: ClassVar[tuple[str, ...]] = (
        "purpose",
        "direction",
        "data_subjects",
        "data",
        "partner",
        "legal_entity",
        "country",
        "onward_recipients",
        "time_limit",
    )

    controller: str
    records: tuple[Record, ...]
    terms: Mapping[str, int]
    without_flows: tuple[str, ...]

    def notes(self) -> tuple[str, ...]:
        idle = ", ".join(self.without_flows)
        return (
            "Written from the register of partners: what each may carry at most. The members' switches narrow it.",
            "All of it is treated as data concerning health (Art. 9). It moves on the member's consent alone.",
            "The partner is the recipient of an export and the source of an import.",
            "Country is where the partner is. An export out of the EEA is a transfer to a third country.",
            "Women's health is in no flow of anyone.",
            *((f"Listed without any flow, so nothing moves: {idle}.",) if idle else ()),
            *(f"To be added by a person: {each}." for each in TO_ADD),
        )

    def content(self) -> dict[str, Any]:
        return {
            "controller": self.controller,
            "data_subjects": [DATA_SUBJECTS],
            "records": [record.told() for record in self.records],
            "time_limits": {
                "log_entries": "never cut; erasing a member makes their pseudonyms stand for nobody",
                **{name: f"{days} days" for name, days in sorted(self.terms.items())},
            },
            "security_measures": list(SECURITY),
            "without_flows": list(self.without_flows),
        }

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        for record in self.records:
            yield (
                record.purpose,
                record.direction,
                DATA_SUBJECTS,
                record.description,
                record.partner.name,
                record.partner.legal_entity,
                record.partner.country,
                "; ".join(record.partner.onward),
                record.time_limit,
            )


def records_of(names: Names) -> tuple[Record, ...]:
    """Return the records by purpose, then partner, exports first. The member's own program comes last."""
    alike: dict[tuple[bool, str, str, str], list[tuple[str, str]]] = {}
    for slug, recipient in names.recipients.items():
        for each in recipient.activities:
            direction = each.flow.partition(":")[0]
            key = (slug == OWN_PROGRAM, each.purpose, slug, direction)
            alike.setdefault(key, []).append((each.data_type, each.why))
    return tuple(
        _record(purpose, direction, names.party(slug), found, names)
        for (_, purpose, slug, direction), found in sorted(alike.items())
    )


def without_flows(names: Names) -> tuple[str, ...]:
    return tuple(each.name for _, each in sorted(names.recipients.items()) if not each.activities)


def _record(
    purpose: str, direction: str, partner: Party, found: list[tuple[str, str]], names: Names
) -> Record:
    types = tuple(sorted({data_type for data_type, _ in found}))
    return Record(
        purpose=in_words(purpose),
        direction=direction,
        partner=partner,
        types=types,
        description=names.described(types),
        why="; ".join(dict.fromkeys(why for _, why in found)),
    )
