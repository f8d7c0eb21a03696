"""Stopping by key: the member's own services, the wait for sends under way, and the mail that says it happened."""

from dataclasses import dataclass
from uuid import UUID

from consent.grants import services
from consent.grants.errors import FlowNotInGrant, GrantAlreadyEnded
from consent.grants.models import Grant
from consent.grants.ports import aftermath
from consent.web import mail
from integrations.api_v1.problems import Problem
from records.members.models import Member


@dataclass(frozen=True, slots=True)
class Ended:
    """What was stopped: the connection, its newest receipt, and how much was on its way and may still arrive."""

    connection: UUID
    receipt: UUID
    still_open: int


def turn_off(member: Member, grant: Grant, flow: str) -> Ended:
    """Switch one flow off; in force when this returns. Raises Problem."""
    try:
        receipt = services.turn_off(grant_ref=grant.ref, flow=flow)
    except FlowNotInGrant:
        raise Problem(
            422, "no-such-switch", "This connection has no such flow. GET it to see those it has."
        ) from None
    except GrantAlreadyEnded:
        raise Problem(409, "already-ended", "This connection is over. Nothing moves.") from None
    still_open = aftermath().settle(grant_ref=grant.ref, flow=flow).still_open
    mail.changed(member)
    return Ended(grant.ref, receipt.ref, still_open)


def stop(member: Member, grants: list[Grant]) -> list[Ended]:
    """End these connections. One that is over already stays so, with the receipt that it ended with."""
    ended = [_ended(grant) for grant in grants]
    if ended:
        mail.changed(member)
    return ended


def _ended(grant: Grant) -> Ended:
    try:
        receipt = services.withdraw(grant_ref=grant.ref)
    except GrantAlreadyEnded:
        receipt = grant.receipts.latest("number")
    return Ended(grant.ref, receipt.ref, aftermath().settle(grant_ref=grant.ref).still_open)
