"""An event is a change of what that partner can see: its kinds, its body, its signatures, and what causes none."""

import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from audit.log.models import Entry
from consent.gate import door
from consent.grants import partners
from consent.grants import services as grants
from integrations.events.models import EventDelivery
from integrations.events.names import DATA_TYPES
from integrations.oauth import credentials, families
from integrations.oauth.models import Application, TokenFamily
from records import generator
from records.admission import NewDocument
from tests.factories import make_member, make_workout
from tests.integrations.api.asking import TODAY, Asker, make_asker
from tests.integrations.events.hooks import (
    Hooks,
    kinds_in_log,
    let_ring_save,
    oura_signature,
    standard_signature,
    work_off,
)


def tag(code: str | None, *, number: int = 1, minute: int = 0, comment: str | None = None) -> NewDocument:
    body = {
        "id": f"t{number}",
        "tag_type_code": code,
        "start_time": f"{TODAY}T08:{minute:02d}:00+00:00",
        "end_time": None,
        "start_day": str(TODAY),
        "end_day": None,
        "comment": comment,
        "custom_name": None,
    }
    return NewDocument("enhanced_tag", body, external_id=f"t{number}")


def readiness(score: int, *, deviation: float = 0.1) -> NewDocument:
    (made,) = [
        each
        for each in generator.night(of=TODAY, timezone="UTC", seed="events")
        if each.kind == "daily_readiness"
    ]
    return NewDocument(
        "daily_readiness", {**made.body, "score": score, "temperature_deviation": deviation}, external_id="r1"
    )


def seen(hooks: Hooks) -> list[tuple[str, str]]:
    """Let what waits be sent, and return which changes of what came, then forget them."""
    work_off()
    told = [(each["event_type"], each["data_type"]) for each in hooks.told]
    hooks.receiver.events.clear()
    return told


def test_the_body_says_what_changed_and_nothing_of_it(hooks: Hooks, asker: Asker):
    hooks.subscribe("workout")
    workout = make_workout()
    let_ring_save(asker.member, workout)
    work_off()
    ((_, body),) = hooks.receiver.events
    (told,) = hooks.told
    assert list(told) == ["event_type", "data_type", "object_id", "event_time", "user_id"]
    assert b" " not in body
    assert (told["event_type"], told["data_type"]) == ("create", "workout")
    assert datetime.fromisoformat(told["event_time"]).utcoffset() is not None
    assert asker.get(f"workout/{told['object_id']}").json()["id"] == told["object_id"]
    assert asker.get("personal_info").json()["id"] == told["user_id"]
    assert told["user_id"] != str(asker.member.id)
    assert told["object_id"] != str(EventDelivery.objects.get().document_ref)


def test_an_event_is_signed_twice_and_anybody_can_check_it(hooks: Hooks, asker: Asker):
    """SR-7.6, with the two secrets of a rotation."""
    (subscription,) = hooks.subscribe("workout", "create")
    fresh = credentials.add_secret(Application.objects.get(client_id="sahha"), at=timezone.now())
    let_ring_save(asker.member, make_workout())
    work_off()
    ((headers, body),) = hooks.receiver.events
    assert headers["content-type"] == "application/json"
    assert headers["x-oura-signature"] == oura_signature(fresh, headers["x-oura-timestamp"], body)
    assert abs(int(headers["x-oura-timestamp"]) - timezone.now().timestamp()) < 60
    assert headers["webhook-timestamp"] == headers["x-oura-timestamp"]
    assert headers["webhook-id"] == str(EventDelivery.objects.get().ref)
    assert headers["webhook-signature"].split(" ") == [
        standard_signature(secret, subscription["id"], headers, body) for secret in (fresh, hooks.secret)
    ]
    assert not hmac.compare_digest(
        headers["x-oura-signature"], hmac.new(b"wrong", body, hashlib.sha256).hexdigest().upper()
    )


def test_a_document_is_created_updated_and_deleted_once_each(hooks: Hooks, asker: Asker):
    hooks.subscribe("enhanced_tag")
    let_ring_save(asker.member, tag("tag_generic_caffeine"))
    assert seen(hooks) == [("create", "enhanced_tag")]
    let_ring_save(asker.member, tag("tag_generic_caffeine"))  # it came again as it was
    assert seen(hooks) == []
    let_ring_save(asker.member, tag("tag_generic_caffeine", minute=5))
    assert seen(hooks) == [("update", "enhanced_tag")]
    let_ring_save(asker.member, tag("tag_generic_period", minute=5))  # to the partner, it is gone
    assert seen(hooks) == [("delete", "enhanced_tag")]
    let_ring_save(asker.member, tag("tag_generic_period", minute=6), tag("custom", minute=7))
    assert seen(hooks) == []
    let_ring_save(asker.member, tag("tag_generic_caffeine", minute=7))
    assert seen(hooks) == [("create", "enhanced_tag")]


def test_the_same_document_has_one_id_and_every_program_and_member_another(hooks: Hooks, asker: Asker):
    hooks.subscribe("enhanced_tag")
    let_ring_save(asker.member, tag("tag_generic_caffeine"))
    let_ring_save(asker.member, tag("tag_generic_caffeine", minute=5))
    other = make_asker(make_member(timezone="UTC"))
    let_ring_save(other.member, tag("tag_generic_caffeine"))
    work_off()
    assert len({each["object_id"] for each in hooks.told}) == 2
    assert [each["user_id"] for each in hooks.told].count(hooks.told[0]["user_id"]) == 2


def test_a_subscriber_gets_the_kinds_of_changes_it_asked_for(hooks: Hooks, asker: Asker):
    hooks.subscribe("enhanced_tag", "delete")
    let_ring_save(asker.member, tag("tag_generic_caffeine"), make_workout())
    let_ring_save(asker.member, tag("tag_generic_caffeine", minute=5))
    let_ring_save(asker.member, tag("custom"))
    assert seen(hooks) == [("delete", "enhanced_tag")]


@pytest.mark.parametrize(
    "code",
    ["tag_generic_period", "tag_generic_cramps", "custom", None, "tag_generic_no_such", "TAG-SLEEP-IVF"],
)
def test_a_withheld_entry_causes_nothing_its_end_included(hooks: Hooks, asker: Asker, code):
    """SR-5.4; facts, section 10, line 14."""
    hooks.subscribe("enhanced_tag")
    hooks.subscribe("tag")
    let_ring_save(asker.member, tag(code))
    let_ring_save(asker.member, tag(code, minute=5, comment="a note"))
    door.forget(member_id=asker.member.id, origin="ring", external_id="t1")
    let_ring_save(asker.member, make_workout())
    work_off()
    assert hooks.told == []
    assert not EventDelivery.objects.exists()
    assert kinds_in_log() == []


def test_a_change_that_the_partner_cannot_see_is_none(hooks: Hooks, asker: Asker):
    hooks.subscribe("daily_readiness")
    hooks.subscribe("enhanced_tag")
    let_ring_save(asker.member, readiness(80), tag("tag_generic_caffeine"))
    assert sorted(seen(hooks)) == [("create", "daily_readiness"), ("create", "enhanced_tag")]
    let_ring_save(
        asker.member, readiness(80, deviation=0.9), tag("tag_generic_caffeine", comment="late period")
    )
    assert seen(hooks) == []
    let_ring_save(asker.member, readiness(81, deviation=0.9))
    assert seen(hooks) == [("update", "daily_readiness")]


def test_what_is_not_switched_on_is_not_told_and_a_switch_is_no_change(hooks: Hooks):
    asker = make_asker(make_member(timezone="UTC"), on="workout")
    hooks.subscribe("daily_readiness")
    let_ring_save(asker.member, readiness(80))
    assert seen(hooks) == []
    grants.turn_on(grant_ref=asker.grant.ref, flow="export:readiness_score")
    work_off()
    assert seen(hooks) == []  # no flood of what was there before
    let_ring_save(asker.member, readiness(80, deviation=0.7))
    assert seen(hooks) == []  # and none for what the switch alone has opened
    let_ring_save(asker.member, readiness(82))
    assert seen(hooks) == [("update", "daily_readiness")]
    grants.turn_off(grant_ref=asker.grant.ref, flow="export:readiness_score")
    let_ring_save(asker.member, readiness(83))
    door.forget(member_id=asker.member.id, origin="ring", external_id="r1")
    assert seen(hooks) == []


def test_a_new_yes_brings_no_events_of_what_was_there_before(hooks: Hooks):
    member = make_member(timezone="UTC")
    hooks.subscribe("workout")
    workout = make_workout()
    let_ring_save(member, workout)
    make_asker(member)
    assert seen(hooks) == []
    let_ring_save(
        member, NewDocument("workout", {**workout.body, "calories": 1.0}, external_id=workout.source_id)
    )
    assert seen(hooks) == [("update", "workout")]


def test_days_before_the_yes_are_not_told_of(hooks: Hooks, asker: Asker):
    asker.grant.history_from = TODAY
    asker.grant.save(update_fields=["history_from"])
    hooks.subscribe("workout")
    let_ring_save(asker.member, make_workout(start=timezone.now() - timedelta(days=3)))
    assert seen(hooks) == []


@pytest.mark.parametrize("end", ["toggle", "grant", "token", "partner", "subscription", "member"])
def test_what_has_ended_between_saving_and_sending_is_not_sent(hooks: Hooks, asker: Asker, end):
    """The gate is asked again at the moment of leaving (SR-5.5)."""
    (subscription,) = hooks.subscribe("workout", "create")
    let_ring_save(asker.member, make_workout())
    if end == "toggle":
        grants.turn_off(grant_ref=asker.grant.ref, flow="export:workout")
    elif end == "grant":
        grants.withdraw(grant_ref=asker.grant.ref)
    elif end == "token":
        TokenFamily.objects.update(ended_at=timezone.now(), ended_why=families.Why.REVOKED)
    elif end == "partner":
        partners.suspend("sahha", by="reviewer")
    elif end == "subscription":
        hooks.call("DELETE", f"/{subscription['id']}")
    else:
        asker.member.membership, asker.member.ring_generation = "lapsed", 4
        asker.member.save()
    work_off()
    assert hooks.told == []
    event = EventDelivery.objects.get()
    expected = {"partner": "refused", "member": "refused"}.get(end, "cancelled")
    assert event.state == expected
    assert Entry.objects.filter(kind="event.sent").count() == 0
    assert kinds_in_log()[-1] == f"event.{expected}"


def test_a_delete_is_told_while_its_switch_is_on_and_not_after(hooks: Hooks, asker: Asker):
    hooks.subscribe("enhanced_tag", "delete")
    let_ring_save(asker.member, tag("tag_generic_caffeine"), tag("tag_generic_caffeine", number=2))
    let_ring_save(asker.member, tag("custom"))
    work_off()
    let_ring_save(asker.member, tag("custom", number=2))
    grants.turn_off(grant_ref=asker.grant.ref, flow="export:tag")
    work_off()
    assert len(hooks.told) == 1


def test_a_token_that_opens_less_is_told_less(hooks: Hooks):
    asker = make_asker(make_member(timezone="UTC"), scope="daily")
    hooks.subscribe("workout")
    hooks.subscribe("daily_readiness")
    let_ring_save(asker.member, make_workout(), readiness(80))
    assert seen(hooks) == [("create", "daily_readiness")]


def test_each_event_sent_has_one_entry_of_a_disclosure(hooks: Hooks, asker: Asker):
    hooks.subscribe("workout", "create")
    let_ring_save(asker.member, make_workout())
    work_off()
    assert kinds_in_log() == ["event.permitted", "event.sent"]
    decided, sent = Entry.objects.filter(kind__startswith="event.").order_by("id")
    assert (sent.outcome, sent.types.split(), sent.partner) == ("out", ["workout"], "sahha")
    assert sent.facts["entry"] == str(decided.event_id)
    written = bytes(sent.body) + bytes(decided.body)
    for private in (
        str(asker.member.id),
        str(EventDelivery.objects.get().document_ref),
        hooks.receiver.callback,
    ):
        assert private.encode() not in written


def test_a_whole_day_is_told_by_every_type_that_has_something(hooks: Hooks, asker: Asker):
    for data_type in DATA_TYPES:
        hooks.subscribe(data_type, "create")
    days = generator.days("events", until=TODAY, count=9, timezone="UTC", cycle=True)
    late = TODAY - timedelta(days=1)
    let_ring_save(
        asker.member,
        *(each for each in days if each.kind == "vO2_max" or str(each.body.get("day", "")) >= str(late)),
    )
    work_off()
    assert EventDelivery.objects.exclude(state="delivered").count() == 0
    for told in hooks.told:
        kind = "vO2_max" if told["data_type"] == "vo2_max" else told["data_type"]
        assert asker.get(f"{kind}/{UUID(told['object_id'])}").status_code == 200, told
    found = {each["data_type"] for each in hooks.told}
    assert found >= {"sleep", "daily_sleep", "daily_activity", "daily_readiness", "workout", "vo2_max"}
    for data_type in sorted(found - {"ring_configuration"}):
        kind = "vO2_max" if data_type == "vo2_max" else data_type
        rows = asker.all_of(
            kind, start_date=str(TODAY - timedelta(days=9)), end_date=str(TODAY + timedelta(days=1))
        )
        assert {row["id"] for row in rows} == {
            each["object_id"] for each in hooks.told if each["data_type"] == data_type
        }
