"""A stop, and the erasure of a member, while events wait or are under way (SR-7.2, SR-8.3)."""

import threading
import time

import pytest
from django.db import connections

from consent.grants.ports import aftermath
from consent.grants.services import turn_off, withdraw
from integrations.deliveries.lifecycle import State
from integrations.events import sending
from integrations.events.models import EventDelivery
from integrations.privacy import erasing
from tests.factories import make_workout
from tests.integrations.api.asking import Asker, make_asker
from tests.integrations.events.hooks import Hooks, hooks_of, kinds_in_log, let_ring_save, work_off
from tests.integrations.events.test_events import tag


def test_an_erased_members_events_go_with_them(hooks: Hooks, asker: Asker):
    hooks.subscribe("enhanced_tag", "create")
    let_ring_save(asker.member, tag("tag_generic_caffeine"))
    erasing.erase(member_id=asker.member.id, actor="member")
    work_off()
    assert hooks.receiver.events == []
    assert not EventDelivery.objects.exists()
    assert "event.cancelled" in kinds_in_log()


@pytest.mark.django_db(transaction=True)
class TestAStop:
    """Once "stopped" is shown no event is sent: what waits is cancelled, what is under way awaited (SR-7.2)."""

    TAKES = 0.4

    @pytest.fixture
    def hooks(self, transactional_db, settings):
        with hooks_of(settings) as made:
            made.receiver.takes = self.TAKES
            yield made

    @pytest.fixture
    def asker(self, hooks: Hooks) -> Asker:
        return make_asker()

    @pytest.mark.parametrize("flow", [None, "export:workout"])
    def test_settling_waits_for_an_event_under_way(self, hooks: Hooks, asker: Asker, flow):
        hooks.subscribe("workout", "create")
        let_ring_save(asker.member, make_workout(), make_workout(minutes=9))
        first, second = EventDelivery.objects.order_by("number")

        def sends() -> None:
            try:
                sending.notify(first.ref)
            finally:
                connections.close_all()

        thread = threading.Thread(target=sends)
        thread.start()
        hooks.receiver.wait_for(1)
        began = time.monotonic()
        turn_off(grant_ref=asker.grant.ref, flow=flow) if flow else withdraw(grant_ref=asker.grant.ref)
        settlement = aftermath().settle(grant_ref=asker.grant.ref, flow=flow)
        waited = time.monotonic() - began
        work_off()
        thread.join(timeout=10)
        assert settlement.settled
        assert waited > self.TAKES / 2
        assert EventDelivery.objects.get(number=first.number).state == State.DELIVERED
        assert EventDelivery.objects.get(number=second.number).state == State.CANCELLED
        assert len(hooks.receiver.events) == 1
