"""Asking for an act that takes two people, and deciding it. Each step is an event (SR-5.6, 9.2).

A proposal says what, with a ticket and a reason; another person of the same role approves or declines it. Approving
carries the act out in the same transaction, so that an approved act is a done act.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from audit import ports
from audit.log import services as log
from audit.log import tickets
from audit.log.events import Event
from audit.oversight.errors import DecidedAlready, NeedsAnother, ProposalRefused
from audit.oversight.models import Act, Proposal, State

LONGEST_REASON = 300
Check = Callable[[Mapping[str, Any]], dict[str, Any]]
Carry = Callable[[Proposal, datetime], Mapping[str, Any]]
_acts: dict[str, tuple[Check, Carry]] = {}


def act(name: Act, *, check: Check, carry_out: Carry) -> None:
    """Say what one act is: how its content is checked when proposed, and what approving it does."""
    _acts[name] = (check, carry_out)


@transaction.atomic
def propose(*, act: str, about: Mapping[str, Any], ticket: str, why: str, by: UUID, at: datetime) -> Proposal:
    """Ask for an act. Raises ProposalRefused, which names the field."""
    check, _ = _acts[act]
    proposal = Proposal.objects.create(
        act=act,
        about=check(about),
        ticket=_ticket(ticket.strip()),
        why=_why(why),
        proposed_by=by,
        proposed_at=at,
    )
    _happened(f"{act}.proposed", proposal, by=by, at=at)
    return proposal


@transaction.atomic
def approve(*, ref: UUID, by: UUID, at: datetime) -> Proposal:
    """Carry a proposal out. Raises NeedsAnother, DecidedAlready, ProposalRefused when the world has moved on."""
    proposal = _open(ref, by=by)
    _decide(proposal, State.APPROVED, by=by, at=at)
    _, carry_out = _acts[proposal.act]
    _happened(f"{proposal.act}.approved", proposal, by=by, at=at, **carry_out(proposal, at))
    return proposal


@transaction.atomic
def decline(*, ref: UUID, by: UUID, at: datetime) -> Proposal:
    """Say no to a proposal. Raises NeedsAnother, DecidedAlready."""
    proposal = _open(ref, by=by)
    _decide(proposal, State.DECLINED, by=by, at=at)
    _happened(f"{proposal.act}.declined", proposal, by=by, at=at)
    return proposal


def _open(ref: UUID, *, by: UUID) -> Proposal:
    proposal = Proposal.objects.select_for_update().get(ref=ref)
    if proposal.state != State.PROPOSED:
        raise DecidedAlready(proposal.state)
    if proposal.proposed_by == by:
        raise NeedsAnother
    return proposal


def _decide(proposal: Proposal, state: State, *, by: UUID, at: datetime) -> None:
    proposal.state, proposal.decided_by, proposal.decided_at = state, by, at
    proposal.save(update_fields=["state", "decided_by", "decided_at"])


def _ticket(ticket: str) -> str:
    if wrong := tickets.problem(ticket):
        raise ProposalRefused("ticket", wrong)
    return ticket


def _why(text: str) -> str:
    """It is kept with the proposal, which no erasure of a member finds: so it names nobody by address."""
    said = " ".join(text.split())
    if not said:
        raise ProposalRefused("why", "Write the reason of this act.")
    if len(said) > LONGEST_REASON:
        raise ProposalRefused("why", f"Write at most {LONGEST_REASON} characters.")
    if "@" in said:
        raise ProposalRefused("why", "Write the reason without an address: the ticket says who it is about.")
    return said


def _happened(kind: str, proposal: Proposal, *, by: UUID, at: datetime, **facts: Any) -> None:
    about = proposal.about
    log.append(
        Event(
            kind=kind,
            actor=ports.people().staff(by),
            subject=str(about.get("subject", "")),
            partner=str(about.get("partner", "")),
            at=at,
            facts={"proposal": str(proposal.ref), "ticket": proposal.ticket, **facts},
        )
    )
