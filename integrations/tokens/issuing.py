"""A key without a browser, for the demo world only: nobody else consents for a member."""

from datetime import datetime
from typing import Any

from django.db import transaction

from consent.grants import services as grants
from consent.grants.facts import EVERYTHING
from consent.grants.selectors import current_notice
from consent.manifests.ceilings import OWN_PROGRAM, SELF_SERVICE
from consent.manifests.shapes import Direction
from integrations.tokens import services
from integrations.tokens.errors import CannotCreate
from records.members.models import Member

ALL = "all"


@transaction.atomic
def create(*, email: str, note: str, on: str, at: datetime) -> dict[str, Any]:
    """Return a new key for a member's program, with exactly these switches on, the past included.

    `on` is "all", or data types with commas between. All keys of a member share one yes, so it changes what their
    other keys open too. Raises CannotCreate, and what services.create raises.
    """
    member = Member.objects.with_address(email)
    if member is None:
        raise CannotCreate("Nobody has this address. Run: python manage.py demo")
    receipt = grants.allow(
        member=member,
        partner=OWN_PROGRAM,
        flows=_flows(on),
        notice=current_notice(OWN_PROGRAM),
        history_from=EVERYTHING,
        at=at,
    )
    token, plain = services.create(member=member, note=note, at=at)
    return {
        "token": plain,
        "note": token.note,
        "ends_at": token.ends_at.isoformat(),
        "grant": str(receipt.grant_id),
    }


def _flows(on: str) -> frozenset[str]:
    wanted = set(SELF_SERVICE) if on == ALL else {key.strip() for key in on.split(",") if key.strip()}
    if not wanted or wanted - set(SELF_SERVICE):
        known = ", ".join(SELF_SERVICE)
        raise CannotCreate(f"Name data types with commas between, or all. They are: {known}.")
    return frozenset(f"{Direction.EXPORT}:{key}" for key in wanted)
