"""Who stands behind a pseudonym: shown with a ticket, to two people, for an hour; each look is an event (SR-9.2)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from audit import ports
from audit.log import services as log
from audit.log.events import Event
from audit.log.models import Entry
from audit.oversight import proposals
from audit.oversight.errors import NotYours, ProposalRefused
from audit.oversight.models import Act, Proposal, State
from audit.ports import Identity

SHOWN_FOR = timedelta(hours=1)


@transaction.atomic
def show(*, ref: UUID, to: UUID, at: datetime) -> Identity | None:
    """Return who stands behind the pseudonym of an approved proposal; None when the member was erased.

    Raises NotYours for anybody but the two, before it is approved, and an hour after.
    """
    proposal = Proposal.objects.filter(ref=ref, act=Act.IDENTITY, state=State.APPROVED).first()
    if proposal is None or to not in (proposal.proposed_by, proposal.decided_by) or not _fresh(proposal, at):
        raise NotYours
    subject, partner = proposal.about["subject"], proposal.about["partner"]
    log.append(
        Event(
            kind="identity.shown",
            actor=ports.people().staff(to),
            subject=subject,
            partner=partner,
            at=at,
            facts={"proposal": str(ref), "ticket": proposal.ticket},
        )
    )
    return ports.people().identify(subject, partner=partner)


def _fresh(proposal: Proposal, at: datetime) -> bool:
    return proposal.decided_at is not None and at - proposal.decided_at < SHOWN_FOR


def _check(about: Mapping[str, Any]) -> dict[str, Any]:
    """Only a pseudonym that the log knows is looked behind; its partner is read from the log."""
    subject = str(about.get("subject", "")).strip()
    entry = Entry.objects.filter(subject=subject).order_by("-id").first() if subject else None
    if entry is None:
        raise ProposalRefused("subject", "The log has no such pseudonym. Copy it from an entry.")
    return {"subject": subject, "partner": entry.partner}


proposals.act(Act.IDENTITY, check=_check, carry_out=lambda proposal, at: {})
