"""How a partner's message lives and ends. Pure."""

from enum import StrEnum


class State(StrEnum):
    PENDING = "pending"
    WORKING = "working"  # one worker has it, under a lease
    DONE = "done"
    DEAD = "dead"  # the partner never let us fetch what it told of
