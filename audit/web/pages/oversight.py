"""What takes two people, as a page: what waits for a decision, the holds in force, how long records are kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import ports
from audit.oversight.identity import SHOWN_FOR
from audit.oversight.models import Act, Hold, Proposal, State
from audit.ports import Recipient
from audit.web import words
from audit.web.pages.form import Field

ACTS: Mapping[str, str | Promise] = {
    Act.HOLD: gettext_lazy("Place a legal hold"),
    Act.LIFT: gettext_lazy("Lift a legal hold"),
    Act.TERM: gettext_lazy("Change how long records are kept"),
    Act.IDENTITY: gettext_lazy("Show who stands behind a pseudonym"),
}
LEADS: Mapping[str, str | Promise] = {
    Act.HOLD: gettext_lazy(
        "While a hold stands, no old record that it covers is deleted. It lets nothing out, and what was stopped "
        "stays stopped."
    ),
    Act.LIFT: gettext_lazy("Once the hold is lifted, records go at their term again."),
    Act.TERM: gettext_lazy(
        "A term counts from the day a record ended. None goes below what the law asks, and the log itself is never cut."
    ),
    Act.IDENTITY: gettext_lazy(
        "Once a colleague agrees, the two of you can see the member's address for one hour. Each look is recorded."
    ),
}
STATES: Mapping[str, str | Promise] = {
    State.PROPOSED: gettext_lazy("Waits for a colleague"),
    State.APPROVED: gettext_lazy("Approved"),
    State.DECLINED: gettext_lazy("Declined"),
}
RECORDS: Mapping[str, str | Promise] = {
    "ended_grants": gettext_lazy("Ended grants, with their receipts"),
    "unused_notices": gettext_lazy("Notices that no grant refers to"),
    "ended_deliveries": gettext_lazy("Ended deliveries"),
    "ended_events": gettext_lazy("Ended webhook events"),
    "exports": gettext_lazy("Files of exports"),
}


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """One proposal. `decidable`: by who reads the page; `own`: theirs, so it waits for somebody else."""

    ref: UUID
    act: str
    about: str
    ticket: str
    why: str
    time: str
    moment: str
    state: str
    open: bool
    own: bool
    showable: bool

    @property
    def decidable(self) -> bool:
        return self.open and not self.own


@dataclass(frozen=True, slots=True)
class HoldLine:
    ref: UUID
    about: str
    ticket: str
    since: str


@dataclass(frozen=True, slots=True)
class TermLine:
    name: str
    records: str
    days: str


@dataclass(frozen=True, slots=True)
class OversightPage:
    waiting: tuple[ProposalLine, ...]
    decided: tuple[ProposalLine, ...]
    holds: tuple[HoldLine, ...]
    terms: tuple[TermLine, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ProposingPage:
    """The form of one act."""

    act: str
    title: str
    lead: str
    fields: tuple[Field, ...]
    problems: tuple[Field, ...]


def page(
    *,
    proposals: Iterable[Proposal],
    holds: Iterable[Hold],
    terms: Mapping[str, int],
    reader: UUID,
    now: datetime,
    problem: str = "",
) -> OversightPage:
    recipients = ports.catalogue().recipients()
    lines = [_proposal(each, recipients, reader, now) for each in proposals]
    return OversightPage(
        waiting=tuple(line for line in lines if line.open),
        decided=tuple(line for line in lines if not line.open),
        holds=tuple(_hold(each, recipients) for each in holds),
        terms=tuple(
            TermLine(name, str(RECORDS.get(name, name)), words.number(days)) for name, days in terms.items()
        ),
        problem=problem,
    )


def _proposal(
    proposal: Proposal, recipients: Mapping[str, Recipient], reader: UUID, now: datetime
) -> ProposalLine:
    fresh = proposal.decided_at is not None and now - proposal.decided_at < SHOWN_FOR
    return ProposalLine(
        ref=proposal.ref,
        act=str(ACTS.get(proposal.act, proposal.act)),
        about=_about(proposal, recipients),
        ticket=proposal.ticket,
        why=proposal.why,
        time=words.moment(proposal.proposed_at),
        moment=proposal.proposed_at.isoformat(),
        state=str(STATES.get(proposal.state, proposal.state)),
        open=proposal.state == State.PROPOSED,
        own=proposal.proposed_by == reader,
        showable=proposal.act == Act.IDENTITY
        and proposal.state == State.APPROVED
        and fresh
        and reader in (proposal.proposed_by, proposal.decided_by),
    )


def _about(proposal: Proposal, recipients: Mapping[str, Recipient]) -> str:
    about = proposal.about
    if proposal.act == Act.HOLD:
        return _covered(about["subjects"], about["partner"], recipients)
    if proposal.act == Act.TERM:
        named = str(RECORDS.get(about["name"], about["name"]))
        return _("%(records)s: %(days)s days") % {"records": named, "days": about["days"]}
    if proposal.act == Act.IDENTITY:
        return _("Pseudonym %(subject)s") % {"subject": about["subject"]}
    return _("Hold %(ref)s") % {"ref": about["hold"][:8]}


def _hold(hold: Hold, recipients: Mapping[str, Recipient]) -> HoldLine:
    covered = _covered(hold.subjects, hold.partner, recipients)
    return HoldLine(hold.ref, covered, hold.placed.ticket, words.moment(hold.placed_at))


def _covered(subjects: list[str], partner: str, recipients: Mapping[str, Recipient]) -> str:
    named = recipients[partner].name if partner in recipients else partner
    if not subjects:
        return _("Everybody's records with %(partner)s") % {"partner": named}
    if partner:
        return _("One member's records with %(partner)s") % {"partner": named}
    return _("All of one member's records")
