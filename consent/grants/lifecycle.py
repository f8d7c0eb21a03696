"""How a grant lives and ends. A table, and nothing outside it changes a status. Pure."""

from enum import StrEnum


class Status(StrEnum):
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    EXPIRED = "expired"


class PartnerStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"  # by us, for all members at once; their grants stay as they are


class Event(StrEnum):
    WITHDRAW = "withdraw"  # by the member
    REVOKE = "revoke"  # by us or the partner
    EXPIRE = "expire"  # by the clock


NEXT: dict[Status, dict[Event, Status]] = {
    Status.ACTIVE: {
        Event.WITHDRAW: Status.WITHDRAWN,
        Event.REVOKE: Status.REVOKED,
        Event.EXPIRE: Status.EXPIRED,
    },
    Status.WITHDRAWN: {},  # an ended grant never wakes: the member gives a new one and gets a new receipt
    Status.REVOKED: {},
    Status.EXPIRED: {},
}


def advance(status: Status, event: Event) -> Status | None:
    """Return the status after `event`, or None when a grant in this status knows no such event."""
    return NEXT[status].get(event)
