"""What was true when the gate was asked, read from the records of consent in the caller's transaction (SR-5.5)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from consent.gate.policy import Policy
from consent.gate.shapes import MemberFacts, Snapshot
from consent.grants import partners
from consent.grants.facts import GrantFacts
from consent.grants.lifecycle import Status
from consent.grants.models import Grant
from consent.manifests import register
from consent.manifests.shapes import Manifest
from records.members.models import Member

_compiled: list[Policy] = []
_edition: list[int] = []


def policy() -> Policy:
    """Return the policy in force: every manifest registered when Django started, and the reviewed ones met so far.

    Asked after `of_grant`, which meets the grant's partner.
    """
    edition = register.edition()
    if not _compiled or _edition != [edition]:
        _compiled[:] = [Policy.of(register.manifests(), reviewed=register.reviewed())]
        _edition[:] = [edition]
    return _compiled[0]


def of_grant(grant: Grant) -> Snapshot:
    """Return what is true of a grant now, of its partner too, and whether that is still who the member said yes to.

    One statement has read all of it where the grant was read `as_decided_on`.
    """
    standing = partners.standing(grant)
    changed = has_changed(grant.notice.document, register.manifest_of(grant.partner))
    facts = replace(grant.facts(), partner_changed=changed)
    return Snapshot(member=member_facts(grant.member), grant=facts, partner_status=standing)


def has_changed(agreed: Mapping[str, Any], today: Manifest | None) -> bool:
    """Whether what an agreed notice says of the partner itself is no longer so: who it is, where, what for, how long.

    A flow that is new since then is no change of what was agreed: it waits by itself (`notice_outdated`).
    """
    if today is None:
        return False  # an unknown partner gets nothing anyway
    purposes = {flow.key: flow.purpose.value for flow in today.flows}
    return (
        agreed["legal_entity"] != today.legal_entity
        or agreed["country"] != today.country
        or agreed["retention"] != today.retention
        or list(agreed["onward_recipients"]) != list(today.onward_recipients)
        or any(purposes.get(flow["flow"], flow["purpose"]) != flow["purpose"] for flow in agreed["flows"])
    )


def as_if_allowed(member: Member, *, partner: str, flows: frozenset[str], since: datetime) -> Snapshot:
    """Return what would be true had the member allowed exactly these flows at `since`: for previews only."""
    declared = {key: policy().flow(partner, key) for key in flows}
    on = {key: flow.field_set for key, flow in declared.items() if flow is not None}
    grant = GrantFacts(status=Status.ACTIVE, granted_at=since, expires_at=None, history_from=None, on=on)
    return Snapshot(member=member_facts(member), grant=grant)


def member_facts(member: Member) -> MemberFacts:
    return MemberFacts(
        region=member.region,
        timezone=member.timezone,
        ring_generation=member.ring_generation,
        membership=member.membership,
    )
