"""Updates of one document that nobody was told of yet are one event, and never at the cost of a change."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from consent.grants import clock
from integrations.deliveries.lifecycle import State
from integrations.events.models import EventDelivery
from tests.integrations.api.asking import Asker
from tests.integrations.events.hooks import Hooks, later, let_ring_save, work_off
from tests.integrations.events.test_events import tag


def test_updates_that_wait_untried_are_one_event_of_the_last_one_s_time(hooks: Hooks, asker: Asker):
    hooks.subscribe("enhanced_tag")
    let_ring_save(asker.member, tag("tag_generic_caffeine"), tag("tag_generic_caffeine", number=2))
    work_off()
    hooks.receiver.events.clear()
    for minute in (5, 6):
        for number in (1, 2):
            let_ring_save(asker.member, tag("tag_generic_caffeine", number=number, minute=minute))
    last = clock.now()
    let_ring_save(asker.member, tag("tag_generic_caffeine", minute=7))
    let_ring_save(asker.member, tag("custom", number=2))
    work_off()
    # Of the second only its end is left to tell. A receiver may have read it meanwhile, so that much is told always.
    assert [each["event_type"] for each in hooks.told] == ["update", "delete"]
    told = EventDelivery.objects.get(event_type="update", state=State.DELIVERED)
    assert told.created_at >= last
    assert hooks.told[0]["event_time"] == told.created_at.isoformat(timespec="milliseconds")
    assert EventDelivery.objects.filter(event_type="update").count() == 2


def test_an_update_beside_one_that_a_worker_has_is_an_event_of_its_own(hooks: Hooks, asker: Asker):
    """Who was told of the first may have read before the second."""
    hooks.subscribe("enhanced_tag", "update")
    let_ring_save(asker.member, tag("tag_generic_caffeine"))
    let_ring_save(asker.member, tag("tag_generic_caffeine", minute=5))
    hooks.receiver.statuses = [500]
    work_off()
    for minute in (6, 7):
        let_ring_save(asker.member, tag("tag_generic_caffeine", minute=minute))
    later()
    work_off()
    assert [each["event_type"] for each in hooks.told] == ["update"] * 3
    assert EventDelivery.objects.count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_update_that_is_just_being_claimed_does_not_stand_for_the_next(hooks: Hooks, asker: Asker):
    hooks.subscribe("enhanced_tag", "update")
    let_ring_save(asker.member, tag("tag_generic_caffeine"))
    let_ring_save(asker.member, tag("tag_generic_caffeine", minute=5))

    def save() -> None:
        try:
            let_ring_save(asker.member, tag("tag_generic_caffeine", minute=6))
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as beside:
        EventDelivery.objects.select_for_update().get()
        beside.submit(save).result(timeout=20)
    assert EventDelivery.objects.count() == 2
