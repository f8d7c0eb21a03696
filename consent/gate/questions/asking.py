"""Asking the gate about one flow of one member, with the records of consent as they are now. Decides; moves nothing."""

from typing import Any

from consent.gate import snapshots
from consent.gate.questions.explaining import explain
from consent.gate.shapes import Request, Snapshot
from consent.grants import clock, partners, selectors
from consent.manifests.shapes import Direction
from records.members.models import Member


def explained(*, email: str, partner: str, data_type: str, direction: Direction) -> dict[str, Any] | None:
    """Return why a flow is open or closed to a partner now; None when nobody has this address."""
    member = Member.objects.with_address(email)
    if member is None:
        return None
    manifest = partners.manifest_today(partner)
    grant = selectors.live_grant(member, partner) or selectors.latest_grant(member, partner)
    snapshot = snapshots.of_grant(grant) if grant else Snapshot(snapshots.member_facts(member), None)
    policy = snapshots.policy()
    ask = Request(partner, direction, data_type, clock.now())
    return explain(ask, snapshot, policy, label=manifest.name if manifest else partner)
