"""Toggle by toggle: what is served is exactly what the member turned on, in the shapes that clients expect."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from consent.gate import door
from consent.grants import services
from consent.manifests.ceilings import SELF_SERVICE, served
from integrations.api.routes import COLLECTIONS
from records.vocabulary.registry import KINDS
from tests.factories import make_member
from tests.integrations.api.asking import TODAY, Asker, keep_days, make_asker, wide

# SR-5.1, SR-5.3, SR-5.4
NEVER = {
    "temperature_deviation",
    "temperature_trend_deviation",
    "body_temperature",
    "label",
    "comment",
    "text",
}


def values(body: Any, prefix: str = "") -> Iterator[str]:
    """Yield the path of everything in a document that holds something."""
    for name, value in body.items():
        if isinstance(value, Mapping) and "items" not in value:
            yield from values(value, f"{prefix}{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for item in value:
                yield from values(item, f"{prefix}{name}[].")
        elif value is not None and value not in ({}, []):
            yield f"{prefix}{name}"


def only(asker: Asker, data_type: str) -> None:
    """Turn everything off but one type."""
    for toggle in asker.grant.toggles.filter(on=True):
        services.turn_off(grant_ref=asker.grant.ref, flow=toggle.flow)
    services.turn_on(grant_ref=asker.grant.ref, flow=f"export:{data_type}")


@pytest.mark.django_db
def test_with_only_the_sleep_score_on_a_day_has_its_score_and_no_contributors():
    member = make_member(timezone="UTC")
    keep_days(member)
    asker = make_asker(member, on="sleep_score")
    documents = asker.get("daily_sleep", wide()).json()["data"]
    assert len(documents) == 3
    for document in documents:
        assert set(document) == {"id", "day", "timestamp", "score", "contributors"}
        assert isinstance(document["score"], int)
        assert document["contributors"] == {}
    night = asker.get("sleep", wide()).json()["data"][0]
    assert set(values(night)) == {"id", "day", "sleep_score_delta"}
    assert "bedtime_start" not in night  # required and no null: left out, never a zero (facts, section 9)
    assert night["readiness"] is None


@pytest.mark.django_db
def test_each_toggle_alone_opens_its_own_fields_and_no_other():
    """A canary in every field: the generator fills them all."""
    member = make_member(timezone="UTC")
    keep_days(member, 8)
    asker = make_asker(member)
    for data_type in SELF_SERVICE:
        only(asker, data_type)
        mine = served(data_type)
        for name, collection in COLLECTIONS.items():
            if name not in mine and not collection.single:
                continue
            answer = asker.get(name, wide())
            body = answer.json()
            for document in [body] if collection.single else body["data"]:
                held = set(values(document)) - set(KINDS[name].envelope)
                assert held <= set(mine.get(name, ())), (data_type, name)
                assert held or collection.single
        shut = next(name for name, each in COLLECTIONS.items() if name not in mine and not each.single)
        assert asker.get(shut, wide()).status_code == 401


@pytest.mark.django_db
def test_nothing_of_temperature_or_free_text_is_ever_there(asker):
    for name, collection in COLLECTIONS.items():
        body = asker.get(name, wide()).json()
        for document in [body] if collection.single else body["data"]:
            assert not NEVER & {path.rpartition(".")[2] for path in values(document)}


@pytest.mark.django_db
def test_women_s_health_is_not_there_and_not_counted():
    """The same days with and without a cycle: as many tags of the same codes, and no route for the rest."""
    answers = []
    for cycle in (True, False):
        member = make_member(timezone="UTC")
        keep_days(member, 40, cycle=cycle)
        asker = make_asker(member)
        tags = asker.all_of("enhanced_tag", **wide()), asker.all_of("tag", **wide())
        answers.append([[(tag.get("tag_type_code"), tag.get("tags")) for tag in each] for each in tags])
        assert asker.get("daily_cycle_phases").status_code == 404
    assert answers[0] == answers[1] != [[], []]


@pytest.mark.django_db
def test_personal_info_has_an_id_with_every_toggle_off():
    asker = make_asker(on="none")
    body = asker.get("personal_info").json()
    assert {name for name, value in body.items() if value is not None} == {"id"}
    assert body["id"] == asker.get("personal_info").json()["id"]
    assert body["id"] != str(asker.member.id)


@pytest.mark.django_db
def test_the_address_is_that_of_the_account_whatever_the_ring_once_noted():
    member = make_member(timezone="UTC")
    asker = make_asker(member)
    assert asker.get("personal_info").json()["email"] == member.email  # before any ring
    keep_days(member, 1)
    (shown,) = door.preview(member=member, partner="sahha", flows=frozenset({"export:email"}), day=TODAY)
    assert [preview.fields["email"] for preview in shown.previews] == [member.email]
    member.email = "moved@tests.example"
    member.save()
    told = asker.get("personal_info").json()
    assert told["email"] == "moved@tests.example"
    assert told["height"] is not None
    services.turn_off(grant_ref=asker.grant.ref, flow="export:email")
    assert asker.get("personal_info").json()["email"] is None


@pytest.mark.django_db
def test_fields_narrow_what_is_permitted_and_widen_nothing(asker):
    days = asker.get("daily_readiness", {**wide(), "fields": "score,temperature_deviation,nothing"}).json()[
        "data"
    ]
    assert len(days) == 3
    assert all(set(day) == {"id", "score", "temperature_deviation"} for day in days)
    assert all(day["temperature_deviation"] is None for day in days)
    unknown = asker.get("daily_sleep", {**wide(), "fields": "nothing"}).json()["data"]
    assert all(set(day) == {"id"} for day in unknown)
    rows = asker.get("heartrate", {**wide(), "fields": "bpm"}).json()["data"]
    assert all(set(row) == {"timestamp", "bpm"} for row in rows)


@pytest.mark.django_db
def test_two_programs_know_a_member_and_a_document_by_other_ids():
    # SR-2.13
    member = make_member(timezone="UTC")
    keep_days(member, 1)
    one, other = make_asker(member), make_asker(member, client="legacy-client")
    assert one.get("personal_info").json()["id"] != other.get("personal_info").json()["id"]
    mine = one.get("daily_sleep", wide()).json()["data"][0]["id"]
    assert mine != other.get("daily_sleep", wide()).json()["data"][0]["id"]
    assert other.get(f"daily_sleep/{mine}").status_code == 404
    ring = one.get("ring_configuration").json()["data"][0]["id"]
    assert one.get("sleep", wide()).json()["data"][0]["ring_id"] == ring
    assert one.get(f"ring_configuration/{ring}").json()["id"] == ring


@pytest.mark.django_db
def test_what_is_withheld_and_what_is_not_there_are_the_same_404(asker):
    stranger = make_member(timezone="UTC")
    keep_days(stranger, 1)
    theirs = make_asker(stranger).get("sleep", wide()).json()["data"][0]["id"]
    mine = asker.get("sleep", wide()).json()["data"][0]["id"]
    answers = [
        asker.get(f"{path}")
        for path in (
            f"sleep/{theirs}",
            f"daily_sleep/{mine}",
            "sleep/00000000-0000-4000-8000-000000000000",
            "sleep/nothing",
            "sleep/%00",
            f"sleep/{mine.upper()}",
            f"sleep/{'9' * 900}",
        )
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
