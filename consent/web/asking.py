"""What is asked of a member: all that a partner may carry, or only what it asks for beyond their yes (UX 3.12)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from consent.grants import selectors, services
from consent.grants.errors import NothingTurnedOn, UnknownFlow
from consent.grants.models import Grant, Receipt
from consent.manifests.shapes import Manifest
from consent.web import selectors as web
from consent.web.ways import Way, served_in, way_of
from records.members.models import Member


@dataclass(frozen=True, slots=True)
class Question:
    """How a member begins, their live grant, and `more`: the flows beyond it; then `agreed` are those that are on."""

    way: Way
    grant: Grant | None
    more: frozenset[str] = frozenset()
    agreed: frozenset[str] = frozenset()


def question_for(member: Member, manifest: Manifest) -> Question:
    """Return what a member would be asked by a partner's manifest of today.

    What a partner asks for beyond a yes that began at its side is asked here: the link is there already.
    """
    way = way_of(manifest, region=member.region)
    grant = selectors.live_grant(member, manifest.slug)
    if grant is None or way in {Way.NOT_OFFERED, Way.NO_CONNECTION}:
        return Question(way, grant)
    more = beyond(manifest, grant)
    return Question(Way.HERE, grant, more, _on(grant)) if more else Question(way, grant)


def beyond(manifest: Manifest, grant: Grant) -> frozenset[str]:
    """Return the flows that the agreed notice does not show, and those on that now name more fields than it showed."""
    noticed = {flow["flow"] for flow in grant.notice.document["flows"]}
    noticed |= set(grant.notice.document.get("not_asked", ()))  # the manifest's, and not asked for
    covered = {toggle.flow: frozenset(toggle.fields) for toggle in grant.toggles.all() if toggle.on}
    return frozenset(
        flow.key
        for flow in manifest.flows
        if flow.key not in noticed or not flow.field_set <= covered.get(flow.key, flow.field_set)
    )


def unanswered(member: Member, manifest: Manifest, grant: Grant | None) -> int:
    """Return how many flows a partner asks for beyond a live yes. 0 once the member said Not now to just this."""
    if grant is None or grant.ended_at is not None or not served_in(manifest, member.region):
        return 0
    more = beyond(manifest, grant)
    if more and web.said_not_now(member, selectors.current_notice(manifest.slug)):
        return 0
    return len(more)


@transaction.atomic
def add(question: Question, flows: Iterable[str]) -> Receipt:
    """Switch on some of what is asked for beyond a yes, each with its receipt; what was agreed goes on unchanged.

    Returns the last receipt. Raises NothingTurnedOn, UnknownFlow, GrantAlreadyEnded; then nothing is stored.
    """
    wanted = frozenset(flows)
    if not wanted or question.grant is None:
        raise NothingTurnedOn
    if unknown := wanted - question.more:
        raise UnknownFlow(unknown)
    return [services.turn_on(grant_ref=question.grant.ref, flow=flow) for flow in sorted(wanted)][-1]


def _on(grant: Grant) -> frozenset[str]:
    return frozenset(toggle.flow for toggle in grant.toggles.all() if toggle.on)
