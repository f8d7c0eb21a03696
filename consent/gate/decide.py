"""The decision. Pure and total: every request has an answer, and what breaks while deciding is a no (SR-5.1)."""

from consent.gate.policy import Policy
from consent.gate.projection import project
from consent.gate.rules import RULES, paths_covered
from consent.gate.shapes import Decision, Reason, Request, Snapshot
from records.vocabulary.registry import kind_of


def decide(ask: Request, snapshot: Snapshot, policy: Policy) -> Decision:
    """Return what may leave (or come in), or the first reason why nothing may. Never raises."""
    try:
        return _decide(ask, snapshot, policy)
    except Exception:
        return Decision(permit=False, reason=Reason.ERROR, policy=policy.digest)


def _decide(ask: Request, snapshot: Snapshot, policy: Policy) -> Decision:
    for rule in RULES:
        if reason := rule(ask, snapshot, policy):
            return Decision(permit=False, reason=reason, policy=policy.digest)
    if ask.datum is None:
        return Decision(permit=True, reason=Reason.PERMITTED, policy=policy.digest)
    kind = kind_of(ask.datum.kind)
    paths = paths_covered(ask, snapshot, policy.manifests[ask.partner])
    fields = project(ask.datum.fields, kind=kind, paths=paths) if kind else None
    if fields is None:
        return Decision(permit=False, reason=Reason.NOTHING_TO_RELEASE, policy=policy.digest)
    return Decision(permit=True, reason=Reason.PERMITTED, policy=policy.digest, fields=fields)
