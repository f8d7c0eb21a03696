"""The page that a partner's program opens: what it says, how it leaves, and that it needs no script."""

import re
from dataclasses import replace

import pytest

from audit.log.models import Entry
from consent.grants import clock, partners
from consent.grants.models import Grant
from integrations.oauth import demo
from integrations.oauth.models import Application
from integrations.oauth.scopes import flows_of
from tests.consent.web.reading import grade, sentences_of
from tests.factories import log_night
from tests.integrations.oauth.judging import lives
from tests.support.program import answered, back

SCORE = "export:sleep_score"
EVERY = "email personal daily heartrate workout session tag spo2 stress heart_health ring_configuration"


def test_it_lists_only_what_the_scopes_map_to_each_switch_off(lin, tab, sahha):
    page = tab.get(sahha.address("heartrate workout")).content.decode()
    switches = re.findall(r"<input[^>]*name=\"flow\"[^>]*>", page)
    assert set(re.findall(r'value="([^"]+)"', " ".join(switches))) == {
        "export:heart_rate", "export:interbeat_interval", "export:workout",
    }  # fmt: skip
    assert not any("checked" in each for each in switches)


def test_it_says_who_asks_who_gets_it_and_who_else_handles_it(lin, tab, sahha):
    page = tab.get(sahha.address()).content.decode()
    for words in (
        "Sahha sent you here",
        "Sahha Pty Ltd, Australia",
        "Amazon Web Services",
        "scores for wellbeing apps",
    ):
        assert words in page
    assert "Either way you go back to 127.0.0.1" in page


def test_it_previews_fields_and_no_value(lin, tab, sahha):
    log_night(lin)
    page = tab.get(sahha.address("daily")).content.decode()
    assert "What each switch carries" in page
    assert "bedtime start" in page
    assert not re.search(r"\b\d{2,}\s*(bpm|steps|kcal)", page)


def test_it_is_kept_by_nobody_and_names_its_origin_to_itself_alone(lin, tab, sahha):  # SR-2.13
    question = tab.get(sahha.address())
    assert question["Cache-Control"] == "no-store, private"
    assert question["Referrer-Policy"] == "same-origin"
    on = answered(tab, sahha.address(), on=(SCORE,))
    assert on.status_code == 200  # SR-4.3: no redirect after a form
    assert on["Cache-Control"] == "no-store, private"
    assert on["Referrer-Policy"] == "no-referrer"
    assert "form-action 'none'" in on["Content-Security-Policy"]
    assert 'rel="noreferrer"' in on.content.decode()


def test_all_and_none_move_the_switches_and_store_nothing(lin, tab, sahha):
    page = answered(tab, sahha.address(EVERY), decision="", every="export:on").content.decode()
    moved = [each for each in re.findall(r"<input[^>]*name=\"flow\"[^>]*>", page) if "checked" in each]
    assert len(moved) > 20
    assert not Grant.objects.exists()
    for sensitive in ("export:tag", "export:rest_mode"):
        assert not any(f'value="{sensitive}"' in each for each in moved)


def test_whoever_is_not_signed_in_signs_in_first_and_comes_back(client, sahha):
    answer = client.get(sahha.address())
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=/oauth/authorize")


def test_without_a_choice_it_asks_again(lin, tab, sahha):
    answer = answered(tab, sahha.address(), on=(SCORE,), decision="")
    assert answer.status_code == 422
    assert "Choose Allow or Not now." in answer.content.decode()
    assert f'value="{SCORE}"' in answer.content.decode()


def test_it_is_easy_to_read(lin, tab, sahha):
    assert grade(sentences_of(tab.get(sahha.address()).content.decode())) <= 8


def test_the_log_says_that_it_was_put_and_what_was_answered(lin, tab, sahha):
    answered(tab, sahha.address(), decision="not_now")
    answered(tab, sahha.address(), on=(SCORE,))
    kinds = list(
        Entry.objects.filter(partner="sahha")
        .exclude(kind="partner.reviewed")
        .order_by("id")
        .values_list("kind", flat=True)
    )
    assert kinds == ["notice.served", "consent.refused", "notice.served", "grant.given"]


def test_what_was_not_asked_for_is_no_new_wish_of_the_partners(lin, tab, sahha):
    sahha.pair(tab, on=(SCORE,))
    assert tab.get("/connections/").status_code == 200
    manage = tab.get("/connections/sahha/")
    assert manage.status_code == 200
    assert "asks for more" not in manage.content.decode()
    assert tab.get("/stop/").status_code == 200
    assert "Sahha" in tab.get("/activity/").content.decode()


def test_a_member_stops_a_program_where_they_stop_everyone(lin, tab, sahha):
    token = sahha.pair(tab, on=(SCORE,))
    assert tab.post("/connections/sahha/revoke/").status_code == 303
    assert not lives(token["access_token"])


@pytest.mark.parametrize("scope", EVERY.split())
def test_each_scope_lists_something(lin, tab, legacy, scope):
    assert scope in Application.objects.get(client_id="legacy-client").approved
    assert flows_of([scope], demo.manifest(demo.PROGRAMS[1]))


def test_a_reviewed_manifest_that_changes_is_in_force_at_the_next_question(lin, tab, sahha):
    before = demo.manifest(demo.PROGRAMS[0])
    fewer = replace(
        before, flows=tuple(flow for flow in before.flows if flow.key != SCORE), summary="Something else."
    )
    partners.review(fewer, by="reviewer", at=clock.now())
    page = tab.get(sahha.address("daily")).content.decode()
    assert f'value="{SCORE}"' not in page
    assert back(answered(tab, sahha.address("daily"), on=("export:steps",)))[1]["code"]
