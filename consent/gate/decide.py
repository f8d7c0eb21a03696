"""The decision. Pure and total: every request has an answer, and what breaks while deciding is a no (SR-5.1)."""

from collections.abc import Sequence

from consent.gate.compiled import Loaded, table_of
from consent.gate.policy import Policy
from consent.gate.shapes import Datum, Decision, Reason, Request, Snapshot


def decide(ask: Request, snapshot: Snapshot, policy: Policy) -> Decision:
    """Return what may leave (or come in), or the first reason why nothing may. Never raises."""
    try:
        table = table_of(policy)
        return table.decide(ask, table.load(ask.partner, snapshot))
    except Exception:
        return Decision(permit=False, reason=Reason.ERROR, policy=policy.digest)


def load(partner: str, snapshot: Snapshot, policy: Policy) -> Loaded:
    """Lay one partner's flows over a snapshot, to ask about many documents of one member. Raises what breaks."""
    return table_of(policy).load(partner, snapshot)


def decide_loaded(ask: Request, loaded: Loaded, policy: Policy) -> Decision:
    """Return the same as `decide`, of a snapshot that is loaded already. Never raises."""
    try:
        return table_of(policy).decide(ask, loaded)
    except Exception:
        return Decision(permit=False, reason=Reason.ERROR, policy=policy.digest)


def decide_each(ask: Request, data: Sequence[Datum], loaded: Loaded, policy: Policy) -> list[Decision]:
    """Return the decision on each of many documents for one flow, as `decide` would. `ask` names none. Never raises."""
    try:
        return list(table_of(policy).decide_each(ask, data, loaded))
    except Exception:
        return [Decision(permit=False, reason=Reason.ERROR, policy=policy.digest) for _ in data]
