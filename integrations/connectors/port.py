"""The port: the verbs every partner's connector has, what it is handed, and how a send can end.

A connector holds no state and opens no database: it turns a `Release` into the partner's wire and the partner's answer
into one of the outcomes below. A verb that a partner's manifest does not need is left out (`Connector` gives refusals).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from consent.gate.release import Release
from integrations.egress import Deadline


@dataclass(frozen=True, slots=True)
class Credentials:
    """A partner's tokens for one member. Prints masked; stored sealed (SR-6.1)."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Linked:
    """The partner's yes: tokens, the partner's own account id, and the scopes it really granted."""

    credentials: Credentials
    account: str = field(repr=False)
    granted: frozenset[str]


@dataclass(frozen=True, slots=True)
class Carrier:
    """The document that another one rides on: the partner's reference of it, and our own id that it was sent under."""

    reference: str
    own_id: UUID


@dataclass(frozen=True, slots=True)
class Sending:
    """What a connector may know of a delivery besides the release: references, never health data.

    `progress` is what an earlier attempt left (an upload's number); `carrier` is what this one rides on; `deadline`
    ends the attempt by the wall clock.
    """

    credentials: Credentials
    deadline: Deadline
    progress: Mapping[str, str] = field(default_factory=dict)
    carrier: Carrier | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """It arrived. `reference` is the partner's own id for it."""

    reference: str


@dataclass(frozen=True, slots=True)
class TryLater:
    """It did not end well, but may. `may_have_arrived` when bytes went out and no answer told their fate."""

    trouble: str  # a word of ours: "rate_limited", "server_error", "no_answer", "garbage", "processing"
    after: timedelta | None = None  # what the partner asked for; None = our schedule
    progress: Mapping[str, str] = field(default_factory=dict)
    may_have_arrived: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """The partner will never take it. `trouble` is a word of ours."""

    trouble: str


@dataclass(frozen=True, slots=True)
class Unauthorised:
    """The partner no longer takes these credentials."""


Outcome = Delivered | TryLater | Rejected | Unauthorised


@dataclass(frozen=True, slots=True)
class Incoming:
    """One document that came from a partner, before the inbound gate: our kind and fields, and the partner's own id."""

    kind: str
    data_type: str
    fields: Mapping[str, Any] = field(repr=False)
    external_id: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a fetch brought. `gone` when the partner has it no more; `echo` when it is our own upload come back."""

    documents: Sequence[Incoming] = ()
    gone: bool = False
    echo: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """One message of a partner's webhook, verified as far as it can be. It is a hint to go and fetch, nothing more."""

    message_id: str
    account: str = field(repr=False)
    verb: str  # "created", "changed", "deleted", "deauthorised"
    reference: str = ""


class PartnerTrouble(Exception):
    """A partner did not answer as its documentation says. `trouble` is a word of ours, never the partner's text."""

    def __init__(self, trouble: str, *, after: timedelta | None = None) -> None:
        super().__init__(f"The partner could not be reached or understood ({trouble}).")
        self.trouble, self.after = trouble, after


class LinkRefused(Exception):
    """The partner refused to link, or no longer takes these credentials."""


class VerbNotSpoken(Exception):
    """A verb was asked of a partner whose connector leaves it out: its manifest declares no flow that needs it."""

    def __init__(self, partner: str, verb: str) -> None:
        super().__init__(
            f"The connector of {partner} has no {verb}. Add it, or take the flow out of the manifest."
        )
        self.partner, self.verb = partner, verb


class Connector:
    """One partner's wire. Subclasses implement the verbs their manifest needs."""

    slug: str = ""

    def scopes(self, flow: str) -> frozenset[str]:
        """Return the partner's own scopes that a flow needs (empty: the flow needs none)."""
        raise VerbNotSpoken(self.slug, "scopes")

    def authorize_address(self, *, flows: frozenset[str], state: str, callback: str) -> str:
        """Return where the member's browser goes to say yes at the partner."""
        raise VerbNotSpoken(self.slug, "authorize_address")

    def connect(self, *, code: str, granted: str | None, callback: str, deadline: Deadline) -> Linked:
        """Change the code for tokens; `granted` is the callback's own list. Raises LinkRefused, PartnerTrouble."""
        raise VerbNotSpoken(self.slug, "connect")

    def refresh(self, credentials: Credentials, *, deadline: Deadline) -> Credentials:
        """Return fresh tokens; the old ones may be dead from now on. Raises LinkRefused, PartnerTrouble."""
        raise VerbNotSpoken(self.slug, "refresh")

    def deliver(self, release: Release, sending: Sending) -> Outcome:
        """Send one release. Never raises for what a partner does: every answer is an outcome."""
        raise VerbNotSpoken(self.slug, "deliver")

    def fetch(
        self,
        reference: str,
        *,
        account: str,
        flows: frozenset[str],
        ours: frozenset[str],
        credentials: Credentials,
        deadline: Deadline,
    ) -> Fetched:
        """Fetch one thing a notice named, only what `flows` cover, and nothing that is not this `account`'s own.

        `ours` are ids of our own uploads (loop guard).
        """
        raise VerbNotSpoken(self.slug, "fetch")

    def gone(self, reference: str, *, credentials: Credentials, deadline: Deadline) -> bool:
        """Ask whether the partner shows one thing no more. Raises LinkRefused, PartnerTrouble when it does not say."""
        raise VerbNotSpoken(self.slug, "gone")

    def alive(self, credentials: Credentials, *, deadline: Deadline) -> bool:
        """Ask the partner whether it still takes these credentials. Raises PartnerTrouble when it does not say."""
        raise VerbNotSpoken(self.slug, "alive")

    def disconnect(self, credentials: Credentials, *, deadline: Deadline) -> None:
        """Tell the partner that it is over. Returns once it knows. Raises PartnerTrouble."""
        raise VerbNotSpoken(self.slug, "disconnect")

    def notice_of(
        self, *, body: bytes, headers: Mapping[str, str], subscription: str, at: datetime
    ) -> Notice | None:
        """Return what a webhook says, or None when it is not the partner's or says nothing to us."""
        raise VerbNotSpoken(self.slug, "notice_of")

    def subscribe(self, *, callback: str, verify_token: str, deadline: Deadline) -> str:
        """Ask for webhooks; return the subscription's id. An existing one is found and kept. Raises PartnerTrouble."""
        raise VerbNotSpoken(self.slug, "subscribe")


def own_id(release: Release) -> UUID:
    """The opaque id under which a partner may know a document (SR-2.13)."""
    return release.document_id
