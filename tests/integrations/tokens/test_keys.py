"""A member's key: how it is spelled and kept, what it opens, and everything that ends it (SR-2.16)."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from audit.log.models import Entry
from consent.grants import clock, partners, selectors
from consent.grants import services as grants
from consent.manifests.ceilings import OWN_PROGRAM, SELF_SERVICE
from integrations.oauth.bearer import Bearer, Kind, Refused, find
from integrations.tokens import services, spelling
from integrations.tokens.bearers import NOTHING_ON
from integrations.tokens.errors import NoteRefused, TooManyKeys
from integrations.tokens.models import PersonalToken
from records.members.models import Member
from tests.factories import make_grant, make_member
from tests.integrations.api.asking import keep_days
from tests.integrations.tokens.keys import SCORE, WORKOUTS, make_key


@pytest.fixture
def lin(db) -> Member:
    return make_member("lin@tests.example", timezone="UTC")


def opened(key: str) -> Bearer | Refused:
    return find(key, at=clock.now())


def test_a_key_is_recognisable_and_no_two_are_the_same():  # SR-2.16
    made = {spelling.new() for _ in range(200)}

    assert len(made) == 200
    assert all(spelling.is_ours(key) and key.startswith("rfp_") and len(key) == 53 for key in made)


@given(st.integers(4, 52), st.sampled_from(spelling.ALPHABET))
def test_a_key_with_one_letter_wrong_is_not_ours(place, letter):
    key = spelling.new()
    if key[place] != letter:
        assert not spelling.is_ours(key[:place] + letter + key[place + 1 :])


@given(st.text())
def test_no_other_text_is_ours(text):
    assert not spelling.is_ours(spelling.PREFIX + text) or len(text) == 49


def test_a_misspelled_key_asks_no_table(lin, django_assert_num_queries):
    key, now = make_key(lin, on=(SCORE,)).key, clock.now()
    with django_assert_num_queries(0):
        assert isinstance(find(key[:-1] + ("a" if key[-1] != "a" else "b"), at=now), Refused)


def test_a_key_is_found_by_one_statement(lin, django_assert_num_queries):
    key, now = make_key(lin, on=(SCORE,)).key, clock.now()
    with django_assert_num_queries(1):
        bearer = find(key, at=now)
    assert isinstance(bearer, Bearer)
    assert (bearer.kind, bearer.partner, bearer.member_id) == (Kind.PAT, OWN_PROGRAM, lin.id)


def test_only_the_hash_of_a_key_is_kept(lin):
    made = make_key(lin)
    row = PersonalToken.objects.filter(pk=made.token.pk).values().get()
    assert made.key not in str(row)
    assert row["digest"] == spelling.digest(made.key)
    assert made.key not in "".join(str(bytes(entry.body)) for entry in Entry.objects.all())


def test_a_key_opens_nothing_before_a_switch_is_on(lin):
    made = make_key(lin)
    assert opened(made.key) == NOTHING_ON
    assert made.get("/v2/usercollection/daily_sleep").status_code == 401

    make_grant(lin, partner=OWN_PROGRAM, on=[SCORE])

    assert isinstance(opened(made.key), Bearer)


def test_a_key_reads_what_is_on_and_nothing_else(lin):
    keep_days(lin)
    told = StringIO()
    call_command("token", "create", lin.email, note="a", on="sleep_score", stdout=told)
    key = json.loads(told.getvalue())["token"]
    ask = make_key(lin).__class__(PersonalToken.objects.latest("made_at"), key)

    nights = ask.get("/v2/usercollection/daily_sleep").json()["data"]

    assert nights
    assert all(night["score"] is not None and not any(night["contributors"].values()) for night in nights)
    assert ask.get("/v2/usercollection/workout").status_code == 401


def test_the_command_sets_the_switches_that_all_keys_share(lin):
    first, second = StringIO(), StringIO()
    call_command("token", "create", lin.email, note="a", stdout=first)
    grant = selectors.live_grant(lin, OWN_PROGRAM)
    assert {toggle.flow for toggle in grant.toggles.all() if toggle.on} == {
        f"export:{k}" for k in SELF_SERVICE
    }

    call_command("token", "create", lin.email, note="b", on="workout, sleep_score", stdout=second)

    one, two = json.loads(first.getvalue()), json.loads(second.getvalue())
    assert one["grant"] == two["grant"] == str(grant.ref)
    assert isinstance(opened(one["token"]), Bearer)
    assert isinstance(opened(two["token"]), Bearer)
    on = {toggle.flow for toggle in selectors.live_grant(lin, OWN_PROGRAM).toggles.all() if toggle.on}
    assert on == {SCORE, WORKOUTS}


@pytest.mark.parametrize("on", ["", "period", "temperature_trend", "workout,nonsense", "readiness_detail"])
def test_the_command_refuses_what_no_program_may_have(lin, on):
    with pytest.raises(CommandError, match="Name data types"):
        call_command("token", "create", lin.email, note="a", on=on)
    assert not PersonalToken.objects.exists()
    assert selectors.live_grant(lin, OWN_PROGRAM) is None


def test_the_command_is_for_the_demo_world_alone(lin, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("token", "create", lin.email, note="a")


def test_an_ended_key_is_refused_on_the_next_request_and_the_others_go_on(lin):
    one, two = make_key(lin, on=(SCORE,)), make_key(lin)
    services.end(member=lin, ref=one.token.id)
    services.end(member=lin, ref=one.token.id)  # pressed twice

    assert isinstance(opened(one.key), Refused)
    assert isinstance(opened(two.key), Bearer)
    assert Entry.objects.filter(kind="token.ended").count() == 1


@pytest.mark.parametrize("shape", ["in the address", "as bearer"])
def test_a_program_that_gives_its_key_back_has_none_any_more(lin, client, shape):  # RFC 7009, SR-2.14
    one, two = make_key(lin, on=(SCORE,)), make_key(lin)

    answer = (
        client.post(f"/oauth/revoke?access_token={one.key}")
        if shape == "in the address"
        else client.post("/oauth/revoke", headers=one.headers)
    )

    assert (answer.status_code, answer.json()) == (200, {})
    assert isinstance(opened(one.key), Refused)
    assert isinstance(opened(two.key), Bearer)
    entry = Entry.objects.get(kind="token.returned")
    assert entry.facts["token"] == str(one.token.id)
    assert json.loads(bytes(entry.body))["actor"] == "partner"


def test_giving_back_what_is_no_key_or_no_longer_one_is_answered_the_same_and_tells_nothing(lin, client):
    made = make_key(lin, on=(SCORE,))
    services.end(member=lin, ref=made.token.id)
    before = Entry.objects.count()

    for key in (made.key, spelling.new(), f"{made.key}x"):
        answer = client.post(f"/oauth/revoke?access_token={key}")
        assert (answer.status_code, answer.json()) == (200, {})

    assert Entry.objects.count() == before


def test_a_stop_ends_every_key_at_once_and_a_new_yes_brings_none_back(lin):
    made = make_key(lin, on=(SCORE,))
    grants.withdraw(grant_ref=selectors.live_grant(lin, OWN_PROGRAM).ref)
    assert isinstance(opened(made.key), Refused)

    again = make_key(lin, on=(SCORE,))

    assert isinstance(opened(made.key), Refused)
    assert isinstance(opened(again.key), Bearer)


def test_a_key_lives_a_year_at_most(lin):
    made = make_key(lin, on=(SCORE,))
    assert made.token.ends_at - made.token.made_at <= timedelta(days=365)
    make_grant(lin, partner=OWN_PROGRAM, on=[SCORE], at=clock.now() + timedelta(days=360))  # the yes goes on
    assert isinstance(find(made.key, at=made.token.ends_at - timedelta(seconds=1)), Bearer)
    assert isinstance(find(made.key, at=made.token.ends_at), Refused)


def test_a_key_of_a_closed_account_or_while_programs_are_suspended_opens_nothing(lin):
    made = make_key(lin, on=(SCORE,))
    partners.suspend(OWN_PROGRAM, by="ringfence")
    assert isinstance(opened(made.key), Refused)
    partners.reinstate(OWN_PROGRAM, by="ringfence")
    assert isinstance(opened(made.key), Bearer)
    Member.objects.filter(pk=lin.pk).update(is_active=False)
    assert isinstance(opened(made.key), Refused)


def test_another_members_key_cannot_be_ended(lin):  # SR-4.7
    made = make_key(lin, on=(SCORE,))
    with pytest.raises(PersonalToken.DoesNotExist):
        services.end(member=make_member(), ref=made.token.id)
    assert isinstance(opened(made.key), Bearer)


@pytest.mark.parametrize("note", ["", "   ", "x" * 61, "a\x00b", "a\nb"])
def test_a_key_says_what_it_is_for(lin, note):
    with pytest.raises(NoteRefused):
        services.create(member=lin, note=note)


def test_a_member_has_twenty_keys_at_most(lin, monkeypatch):
    monkeypatch.setattr(services, "MOST", 2)
    make_key(lin)
    made = make_key(lin)
    with pytest.raises(TooManyKeys):
        make_key(lin)
    services.end(member=lin, ref=made.token.id)
    make_key(lin)


def test_making_and_ending_are_in_the_log_without_the_note(lin):
    made = make_key(lin, note="canary-of-a-note")
    services.end(member=lin, ref=made.token.id)

    entries = Entry.objects.filter(kind__startswith="token.").order_by("id")

    assert [entry.kind for entry in entries] == ["token.created", "token.ended"]
    assert all(entry.facts["token"] == str(made.token.id) for entry in entries)
    assert "canary" not in "".join(str(bytes(entry.body)) for entry in entries)


@pytest.mark.django_db(transaction=True)
def test_a_read_by_key_takes_no_statement_more_than_any(transactional_db):
    member = make_member(timezone="UTC")
    keep_days(member)
    made = make_key(member, on=(SCORE, WORKOUTS))
    made.get("/v2/usercollection/daily_sleep")  # what is made at its first use is there now
    with CaptureQueriesContext(connection) as captured:
        assert made.get("/v2/usercollection/daily_sleep").status_code == 200
    told = [each["sql"] for each in captured]
    assert len([sql for sql in told if not sql.startswith(("BEGIN", "COMMIT"))]) <= 5, told
    assert told.count("COMMIT") == 1
