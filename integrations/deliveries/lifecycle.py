"""How a delivery lives and ends (SR-7.1). A table, and nothing outside it changes a state. Pure."""

from enum import StrEnum


class State(StrEnum):
    PENDING = "pending"  # waits for its time
    SENDING = "sending"  # claimed by one worker, under a lease
    DELIVERED = "delivered"
    REFUSED = "refused"  # the gate said no at the claim
    DEAD = "dead"  # the partner never took it
    CANCELLED = "cancelled"  # the grant or its toggle ended first
    EXPIRED = "expired"  # its time passed

    @property
    def final(self) -> bool:
        return not NEXT[self]


class Event(StrEnum):
    CLAIM = "claim"
    ARRIVE = "arrive"
    POSTPONE = "postpone"  # it did not end well, but may
    LAPSE = "lapse"  # the worker went away with it
    REFUSE = "refuse"
    GIVE_UP = "give_up"
    CANCEL = "cancel"
    EXPIRE = "expire"


NEXT: dict[State, dict[Event, State]] = {
    State.PENDING: {
        Event.CLAIM: State.SENDING,
        Event.POSTPONE: State.PENDING,
        Event.REFUSE: State.REFUSED,
        Event.GIVE_UP: State.DEAD,
        Event.CANCEL: State.CANCELLED,
        Event.EXPIRE: State.EXPIRED,
    },
    State.SENDING: {
        Event.ARRIVE: State.DELIVERED,
        Event.POSTPONE: State.PENDING,
        Event.LAPSE: State.PENDING,
        Event.GIVE_UP: State.DEAD,
    },
    State.DELIVERED: {},
    State.REFUSED: {},
    State.DEAD: {},
    State.CANCELLED: {},
    State.EXPIRED: {},
}

STATES = [state.value for state in State]
FINAL = [state.value for state in State if state.final]


class NoSuchStep(ValueError):
    """A delivery in this state knows no such event: a mistake of ours, and nothing was changed."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(f"A delivery that is {state} cannot {event}.")


def advance(state: State, event: Event) -> State:
    """Return the state after `event`. Raises NoSuchStep."""
    if (following := NEXT[state].get(event)) is None:
        raise NoSuchStep(state, event)
    return following
