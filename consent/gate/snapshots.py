"""What was true when the gate was asked, read from the records of consent in the caller's transaction (SR-5.5)."""

from datetime import datetime

from consent.gate.policy import Policy
from consent.gate.shapes import MemberFacts, Snapshot
from consent.grants.facts import GrantFacts
from consent.grants.lifecycle import Status
from consent.grants.models import Grant
from consent.manifests.register import manifests
from records.members.models import Member

_compiled: list[Policy] = []


def policy() -> Policy:
    """Return the policy in force: every manifest registered when Django started."""
    if not _compiled:
        _compiled.append(Policy.of(manifests()))
    return _compiled[0]


def of_grant(grant: Grant) -> Snapshot:
    """Return what is true of a grant now."""
    return Snapshot(member=_member(grant.member), grant=grant.facts())


def as_if_allowed(member: Member, *, partner: str, flows: frozenset[str], since: datetime) -> Snapshot:
    """Return what would be true had the member allowed exactly these flows at `since`: for previews only."""
    declared = {key: policy().flow(partner, key) for key in flows}
    on = {key: flow.field_set for key, flow in declared.items() if flow is not None}
    grant = GrantFacts(status=Status.ACTIVE, granted_at=since, expires_at=None, history_from=None, on=on)
    return Snapshot(member=_member(member), grant=grant)


def _member(member: Member) -> MemberFacts:
    return MemberFacts(
        region=member.region,
        timezone=member.timezone,
        ring_generation=member.ring_generation,
        membership=member.membership,
    )
