"""The member whose twins are compared: every partner has a yes to everything that it declares, and Strava a link."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import TestCase

from consent.gate import door, versions
from consent.grants import partners, selectors, services
from consent.grants.models import Grant
from consent.manifests.ceilings import OWN_PROGRAM
from consent.manifests.register import manifests
from integrations import egress_breaker
from integrations.events.models import Subscription
from integrations.events.names import DATA_TYPES, EVENT_TYPES
from integrations.oauth import demo, issuing
from integrations.oauth.models import Application
from records.members import keys
from records.members.keyring import Key
from records.members.models import Member
from records.members.pairwise import pairwise
from tests.factories import make_connection
from tests.twins import reads
from tests.twins.frozen import Frozen, frozen
from tests.twins.partner import HOOK, Wire, on_the_wire

ZONE = "America/New_York"
NOON = datetime(2026, 11, 20, 17, tzinfo=UTC)  # noon where the member lives
GIVEN = NOON - timedelta(days=20)
LONG = timedelta(days=36500)


@dataclass
class World:
    """One member, their key, the yes of each partner, the wire, and what is frozen."""

    member: Member
    key: Key
    grants: dict[str, Grant]
    wire: Wire
    frozen: Frozen
    token: str  # of a program that may read everything that any program of a member may

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Run what follows and leave no trace of it, here or at the partner."""
        self.wire.forget()
        egress_breaker.forget()
        before = transaction.savepoint()
        try:
            yield
        finally:
            transaction.savepoint_rollback(before)


@contextmanager
def a_world(patch: pytest.MonkeyPatch, settings: Any) -> Iterator[World]:
    """Make the member and everything that they agreed to, long before the first step."""
    wire = on_the_wire(patch, settings)
    settings.API_PAGE_ROWS = reads.SMALL
    with frozen(patch) as still:
        still.step("world", GIVEN)
        member = Member.objects.create_user("twin@tests.example", region="US", timezone=ZONE, id=UUID(int=7))
        grants = {
            manifest.slug: services.allow(
                member=member,
                partner=manifest.slug,
                flows=frozenset(flow.key for flow in manifest.flows),
                notice=selectors.current_notice(manifest.slug),
                at=GIVEN,
            ).grant
            for manifest in manifests()
            if manifest.flows
        }
        make_connection(grants["strava"], expires_in=LONG)
        grants["sahha"] = _subscriber(member)
        token = reads.a_token(grants[OWN_PROGRAM], at=GIVEN)
        world = World(member, keys.key_of(member.id), grants, wire, still, token)
        _used_before(world, patch)
        yield world


def _subscriber(member: Member) -> Grant:
    """Let a program of the API have everything, and be told of every change of everything."""
    demo.load(at=GIVEN)
    issuing.issue(email=member.email, client_id="sahha", scope="", on="all", at=GIVEN)
    application = Application.objects.get(client_id="sahha")
    Subscription.objects.bulk_create(
        Subscription(
            application=application,
            callback_url=HOOK,
            event_type=event_type,
            data_type=data_type,
            made_at=GIVEN,
            expires_at=GIVEN + LONG,
        )
        for data_type in DATA_TYPES
        for event_type in EVENT_TYPES
    )
    return Grant.objects.get(member=member, partner="sahha")


def _used_before(world: World, patch: pytest.MonkeyPatch) -> None:
    """Let what is made at its first use be there: each partner's key, and the policy that is kept with a decision."""
    list(partners.everyone())
    for partner in world.grants:
        pairwise(UUID(int=0), recipient=partner, about="document")
    patch.setattr(
        versions, "_kept", set()
    )  # as after a restart; another test's database keeps nothing of this one
    grant = world.grants["strava"]
    with TestCase.captureOnCommitCallbacks(execute=True), transaction.atomic():
        door.release(grant_ref=grant.ref, flow="export:workout", document_ref=UUID(int=0), references={})
