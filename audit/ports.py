"""What the log's wing asks of the floors above. They fill these ports at startup; the wing knows none of them.

The log holds slugs, keys and pseudonyms only. Names for people, who a pseudonym stands for, and what other tables claim
to have done come through here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

Port = TypeVar("Port")


@dataclass(frozen=True, slots=True)
class Activity:
    """What one recipient may carry of one data type: a line of the records of processing (GDPR Art. 30)."""

    flow: str  # "export:workout"
    data_type: str
    purpose: str
    why: str
    channel: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """A partner as the catalogue knows it: who it is, where it is, how it is reached, what it may carry and why."""

    slug: str
    name: str
    legal_entity: str
    country: str
    privacy_url: str
    deletion_url: str
    retention: str
    onward_recipients: tuple[str, ...]
    activities: tuple[Activity, ...]


class Catalogue(Protocol):
    """Names and words. Filled by `consent`."""

    def recipients(self) -> Mapping[str, Recipient]:
        """Return every partner that is registered, by slug."""

    def data_types(self) -> Mapping[str, str]:
        """Return every data type that may be named in an entry, with its label."""

    def sentence(self, reason: str) -> str:
        """Return the auditor's sentence for a reason; the reason itself when it is none of the gate's."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who stands behind a pseudonym. Shown to two people with a ticket, and to nobody else (SR-9.2)."""

    email: str
    partner: str


class People(Protocol):
    """The mutable link between members and their pseudonyms. Filled by `consent`."""

    def subjects_of(self, email: str) -> Mapping[str, str]:
        """Return a member's pseudonyms, each with the partner it stands for; empty when there is no such member."""

    def identify(self, subject: str, *, partner: str) -> Identity | None:
        """Return who a pseudonym stands for at one partner; None when nobody does, or the member was erased."""

    def staff(self, account: UUID) -> str:
        """Return the pseudonym under which the log knows one of the staff."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What another table says it did, under reference `ref`, and the log's entry that should say the same.

    `kinds` are those that the entry may be of: "delivery.delivered" alone, or both answers of the gate.
    """

    ref: str
    event_id: UUID | None
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Said:
    """An entry, as it is held against the tables: read from the bytes that were hashed."""

    event_id: UUID
    kind: str
    at: datetime
    subject: str
    place: int  # in the order of writing
    facts: Mapping[str, Any]


class Finding(StrEnum):
    """What holding an entry and a row against one another can bring. The last two are no difference."""

    ACT_WITHOUT_ENTRY = "act_without_entry"
    ENTRY_WITHOUT_ACT = "entry_without_act"
    OTHERWISE = "told_otherwise"
    TWICE = "told_twice"
    ERASED = "erased"  # the row went with its member, and the log says so
    DROPPED = "dropped"  # the row is past the term of its kind

    @property
    def differs(self) -> bool:
        return self not in {Finding.ERASED, Finding.DROPPED}


class Claims(Protocol):
    """What one table above did, to be held against the log. Each kind of entry is judged by one of them."""

    name: str  # "deliveries"
    kinds: frozenset[str]  # of the entries that `judged` knows the acts of

    def between(self, since: datetime, until: datetime) -> Iterator[Claim]:
        """Yield every act in `since <= at < until` that must have an entry; acts near that time may be among them."""

    def judged(self, entries: Iterable[Said]) -> Iterator[tuple[UUID, Finding]]:
        """Yield those entries whose act is in no table or is told otherwise there, each with what is found of it."""


class Held(Protocol):
    """What the legal holds in force cover."""

    def covers(self, subject: str, partner: str) -> bool:
        """Whether a record about this pseudonym at this partner must stay."""


class Keeper(Protocol):
    """One kind of record that is kept for a while. Filled by whoever owns the table; drops in batches."""

    name: str  # names its term in `settings.RETENTION_DAYS`: "ended_deliveries"

    def drop(self, *, before: datetime, held: Held, batch: int) -> int:
        """Delete at most `batch` records that ended before then and that no hold covers; return how many.

        0 says that nothing is left to drop; what a hold covers is passed over, not counted.
        """


class Socket(Generic[Port]):
    """A place for one port. Empty until startup."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._filled: list[Port] = []

    def fill(self, port: Port) -> None:
        self._filled[:] = [port]

    def __call__(self) -> Port:
        if not self._filled:
            raise RuntimeError(f"No {self._name} is filled in. A floor above does it when Django starts.")
        return self._filled[0]


catalogue: Socket[Catalogue] = Socket("catalogue")
people: Socket[People] = Socket("people")
_claims: dict[str, Claims] = {}
_keepers: dict[str, Keeper] = {}


def claim(claims: Claims) -> None:
    _claims[claims.name] = claims


def claims() -> Mapping[str, Claims]:
    return _claims


def keep(keeper: Keeper) -> None:
    _keepers[keeper.name] = keeper


def keepers() -> Mapping[str, Keeper]:
    return _keepers
