"""After a change of vocabulary, what turned private is deleted to whoever could see it: an event like any other."""

from collections.abc import Iterable
from datetime import timedelta

from django.core.management import call_command

from audit.log.models import Entry
from consent.gate import door
from integrations import sharing
from integrations.deliveries.models import Delivery
from integrations.events.models import EventDelivery
from records.admission import NewDocument
from records.members import keys
from records.members.models import Member
from tests.factories import make_connection, make_grant, make_member, make_workout
from tests.integrations.api.asking import TODAY, Asker, make_asker
from tests.integrations.events.hooks import Hooks, let_ring_save, work_off
from tests.integrations.events.test_events import seen, tag
from tests.records.older import stored_before

FINE, NOT_ANY_MORE = "tag_generic_caffeine", "tag_generic_period"


def let_older_vocabulary_keep(member: Member, *documents: NewDocument) -> None:
    for each in documents:
        stored_before(keys.key_of(member.id), each, day=TODAY)


def told_of_ends(entries: Iterable[Entry]) -> list[tuple]:
    """What the log tells of deletions, but for what is each one's own."""
    own = {"event", "document", "entry"}
    return [
        (entry.kind, entry.outcome, entry.types, {k: v for k, v in entry.facts.items() if k not in own})
        for entry in entries
        if entry.facts["change"] == "delete"
    ]


def test_what_turned_private_is_deleted_in_the_words_of_any_deletion(hooks: Hooks, asker: Asker):
    hooks.subscribe("enhanced_tag")
    let_ring_save(asker.member, tag(FINE), tag(FINE, number=2), tag(FINE, number=3))
    work_off()
    known = {each["object_id"] for each in hooks.told}
    hooks.receiver.events.clear()
    let_older_vocabulary_keep(asker.member, tag(NOT_ANY_MORE))

    call_command("resort")
    work_off()
    (told,) = hooks.told
    assert (told["event_type"], told["data_type"]) == ("delete", "enhanced_tag")
    assert told["object_id"] in known
    gone = door.forget(member_id=asker.member.id, origin="ring", external_id="t2")
    sharing.share(asker.member, gone, at=EventDelivery.objects.latest("number").created_at)
    work_off()
    entries = told_of_ends(Entry.objects.filter(kind__startswith="event.").order_by("id"))
    assert [kind for kind, *_ in entries] == ["event.permitted", "event.sent"] * 2
    assert entries[:2] == entries[2:]
    assert set(hooks.told[0]) == set(hooks.told[1])

    hooks.receiver.events.clear()
    call_command("resort")
    assert seen(hooks) == []


def test_who_could_not_see_it_is_told_nothing(hooks: Hooks):
    """The switch is off; it is of a day before the yes; the program asked for other changes; the token opens less."""
    off, late, other, narrow = (make_member(timezone="UTC") for _ in range(4))
    make_asker(off, on="workout")
    make_asker(narrow, scope="workout")
    grant = make_asker(late).grant
    grant.history_from = TODAY + timedelta(days=1)
    grant.save(update_fields=["history_from"])
    hooks.subscribe("enhanced_tag", "delete")
    hooks.subscribe("workout")
    make_asker(other, client="legacy-client")
    for member in (off, late, other, narrow):
        let_older_vocabulary_keep(member, tag(NOT_ANY_MORE))
    call_command("resort")
    assert seen(hooks) == []
    assert not EventDelivery.objects.exists()


def test_what_only_lost_its_private_part_is_told_to_nobody_and_sent_to_nobody(hooks: Hooks, asker: Asker):
    make_connection(make_grant(asker.member))
    hooks.subscribe("workout")
    run = make_workout()
    noted = NewDocument("workout", {**run.body, "label": "a note"}, external_id=run.source_id)
    let_older_vocabulary_keep(asker.member, noted)
    assert len(sharing.resort(asker.member)) == 1
    assert seen(hooks) == []
    assert not Delivery.objects.exists()
