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
from audit.log.events import Event
from audit.oversight.errors import DecidedAlready, NeedsAnother, ProposalRefused
from audit.oversight.models import Act, Proposal, State

LONGEST_TICKET, LONGEST_REASON = 64, 300
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
        ticket=_said("ticket", ticket, LONGEST_TICKET),
        why=_said("why", why, LONGEST_REASON),
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


def _said(name: str, text: str, longest: int) -> str:
    said = " ".join(text.split())
    if not said:
        raise ProposalRefused(name, f"Write the {'reason' if name == 'why' else name} of this act.")
    if len(said) > longest:
        raise ProposalRefused(name, f"Write at most {longest} characters.")
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
