"""Legal holds: records that retention leaves alone while a hold stands. A hold lets nothing out and wakes no grant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from audit import ports
from audit.oversight import proposals
from audit.oversight.errors import ProposalRefused
from audit.oversight.models import Act, Hold, Proposal


@dataclass(frozen=True, slots=True)
class Held:
    """What the standing holds cover: pairs of pseudonyms (none = everybody) and a partner ("" = every one)."""

    parts: tuple[tuple[frozenset[str], str], ...] = ()

    def covers(self, subject: str, partner: str) -> bool:
        """Whether a record about this pseudonym at this partner must stay."""
        return any(
            (not subjects or subject in subjects) and (not named or named == partner)
            for subjects, named in self.parts
        )

    @classmethod
    def by(cls, holds: Iterable[Hold]) -> "Held":
        return cls(tuple((frozenset(hold.subjects), hold.partner) for hold in holds))


def standing() -> QuerySet[Hold]:
    """Return the holds in force, newest first."""
    return Hold.objects.filter(lifted=None).select_related("placed").order_by("-placed_at")


def held() -> Held:
    return Held.by(standing())


def _check_hold(about: Mapping[str, Any]) -> dict[str, Any]:
    """A hold names a partner, a member, or both: a hold on everything for ever is a schedule, not a hold."""
    partner, email = str(about.get("partner", "")), str(about.get("member", "")).strip()
    if partner and partner not in ports.catalogue().recipients():
        raise ProposalRefused("partner", "Choose one of the partners in the list, or none for every partner.")
    subjects = _subjects(email, partner) if email else []
    if not partner and not subjects:
        raise ProposalRefused("member", "Name a member, a partner, or both.")
    return {"partner": partner, "subjects": subjects}


def _subjects(email: str, partner: str) -> list[str]:
    """The pseudonyms are kept, never the address (SR-9.2)."""
    named = ports.people().subjects_of(email)
    if not named:
        raise ProposalRefused("member", "There is no member with this address. Check its spelling.")
    return sorted(subject for subject, at in named.items() if not partner or at == partner)


def _place(proposal: Proposal, at: datetime) -> dict[str, Any]:
    about = proposal.about
    hold = Hold.objects.create(
        subjects=about["subjects"], partner=about["partner"], placed=proposal, placed_at=at
    )
    return {"hold": str(hold.ref), "connections": len(hold.subjects)}


def _check_lift(about: Mapping[str, Any]) -> dict[str, Any]:
    return {"hold": str(_standing(about.get("hold")).ref)}


def _lift(proposal: Proposal, at: datetime) -> dict[str, Any]:
    hold = _standing(proposal.about["hold"])
    hold.lifted, hold.lifted_at = proposal, at
    hold.save(update_fields=["lifted", "lifted_at"])
    return {"hold": str(hold.ref)}


def _standing(ref: object) -> Hold:
    try:
        found = standing().filter(ref=UUID(str(ref))).first()
    except ValueError:
        found = None
    if found is None:
        raise ProposalRefused("hold", "This hold does not stand any more. Choose one from the list.")
    return found


proposals.act(Act.HOLD, check=_check_hold, carry_out=_place)
proposals.act(Act.LIFT, check=_check_lift, carry_out=_lift)
