"""The pages of every registered partner: how a member begins, what is asked, and what is never asked here."""

import re

import pytest
from django.core import mail

from consent.grants import selectors, services
from consent.grants.models import Grant
from consent.manifests.register import manifest_of, manifests
from consent.manifests.shapes import Channel
from records.vocabulary.data_types import REVEALS
from tests.consent.web import reading
from tests.consent.web.test_every_page import assert_kept_to_the_policy
from tests.consent.web.test_the_question import kinds, on, text

LISTED = [manifest.slug for manifest in manifests() if manifest.listed]
HERE = ["apple-health", "health-connect", "stelo", "strava"]
AT_PARTNER = ["alexa", "corepower-yoga", "natural-cycles", "open", "technogym", "the-sculpt-society"]
WITHOUT = ["clue", "flo", "headspace"]


def ask(slug: str) -> str:
    return f"/connections/{slug}/connect/"


def switches(answer) -> list[str]:
    return re.findall(r'role="switch"[^>]*value="([^"]+)"', answer.content.decode())


def live_yes(member, slug: str, *flows: str) -> Grant:
    notice = selectors.current_notice(slug)
    return services.allow(member=member, partner=slug, flows=frozenset(flows), notice=notice).grant


def test_each_partner_begins_one_way():
    assert sorted([*HERE, *AT_PARTNER, *WITHOUT]) == LISTED
    assert len(LISTED) == 13


@pytest.mark.parametrize("slug", LISTED)
def test_a_partner_s_page_reads_at_grade_six_and_keeps_to_the_policy(browser_of_lin, slug):
    answer = browser_of_lin.get(ask(slug))

    sentences = reading.sentences_of(answer.content.decode())
    assert answer.status_code == 200
    assert_kept_to_the_policy(answer, slug)
    assert answer.content.decode().count("<h1") == 1
    assert reading.grade(sentences) <= 6, sorted(sentences, key=lambda each: -reading.grade([each]))[:5]
    assert [each for each in sentences if len(reading.words_of(each)) > 20] == []
    assert on(answer) == []


@pytest.mark.parametrize("slug", [*HERE, *AT_PARTNER])
def test_a_partner_s_page_once_shared_reads_at_grade_six(lin, browser_of_lin, slug):
    live_yes(lin, slug, *(flow.key for flow in manifest_of(slug).flows))

    answer = browser_of_lin.get(f"/connections/{slug}/")

    sentences = reading.sentences_of(answer.content.decode())
    assert answer.status_code == 200
    assert reading.grade(sentences) <= 6, sorted(sentences, key=lambda each: -reading.grade([each]))[:5]
    assert [each for each in sentences if len(reading.words_of(each)) > 20] == []


@pytest.mark.parametrize("slug", [*HERE, *AT_PARTNER])
def test_womens_health_stands_first_in_what_never_leaves_of_every_partner(browser_of_lin, slug):
    never = text(browser_of_lin.get(ask(slug))).partition("What never leaves")[2]
    assert never.index("women’s health") < never.index("Anything from before")


@pytest.mark.parametrize("slug", HERE)
def test_where_a_member_begins_here_every_flow_is_one_switch(browser_of_lin, slug):
    shown = switches(browser_of_lin.get(ask(slug)))
    assert sorted(shown) == sorted(flow.key for flow in manifest_of(slug).flows)


@pytest.mark.parametrize("slug", AT_PARTNER)
def test_what_begins_at_the_partner_has_no_allow_here(browser_of_lin, slug):
    answer = browser_of_lin.get(ask(slug))

    page = text(answer)
    assert switches(answer) == []
    assert 'value="allow"' not in answer.content.decode()
    assert f"Start in the {manifest_of(slug).name} app" in page
    for flow in manifest_of(slug).flows:
        assert flow.hint in page


@pytest.mark.parametrize("slug", AT_PARTNER)
def test_an_allow_posted_for_what_begins_at_the_partner_stores_nothing_and_says_what_to_do(
    browser_of_lin, slug
):
    flows = [flow.key for flow in manifest_of(slug).flows]
    answer = browser_of_lin.post(ask(slug), {"decision": "allow", "flow": flows})

    assert answer.status_code == 422
    assert "<title>Error: " in answer.content.decode()
    assert 'href="#instead"' in answer.content.decode()
    assert "Nothing was turned on here." in text(answer)
    assert not Grant.objects.exists()
    assert mail.outbox == []


@pytest.mark.parametrize("slug", WITHOUT)
def test_a_partner_without_a_connection_says_so_and_takes_no_answer(browser_of_lin, slug):
    answer = browser_of_lin.get(ask(slug))

    assert manifest_of(slug).no_connection in text(answer)
    assert "<form" not in answer.content.decode().partition("<main")[2]
    assert browser_of_lin.get(f"/connections/{slug}/", follow=True).redirect_chain == [(ask(slug), 303)]
    for posted in ({"decision": "allow"}, {"decision": "not_now"}, {}):
        assert browser_of_lin.post(ask(slug), posted).status_code == 404
    assert browser_of_lin.post(f"/connections/{slug}/preview/").status_code == 404
    assert kinds() == set()


def test_the_list_has_every_partner_once_and_the_honest_answers_apart(lin, browser_of_lin):
    live_yes(lin, "technogym", "export:sleep_score")
    page = browser_of_lin.get("/connections/").content.decode()

    headings = re.findall(r"<h3>([^<]+)</h3>", page)
    assert sorted(headings) == sorted(manifest_of(slug).name for slug in LISTED)
    apart = page.partition("No direct connection")[2]
    for slug in WITHOUT:
        assert manifest_of(slug).no_connection in apart
    for slug in [*HERE, *AT_PARTNER]:
        assert manifest_of(slug).name not in re.findall(r"<h3>([^<]+)</h3>", apart)
    connected = page.partition('id="con"')[2].partition('id="av"')[0]
    assert re.findall(r"<h3>([^<]+)</h3>", connected) == ["Technogym"]


def test_the_link_to_a_partner_s_own_sessions_is_the_same_for_everyone(browser_of_lin, lin, noah, client):
    from tests.consent.web.conftest import signed_in

    links = {
        tuple(re.findall(r'href="(https://www.headspace[^"]*)"', browser.get(path).content.decode()))
        for browser in (browser_of_lin, signed_in(noah))
        for path in ("/connections/",)
    }
    assert links == {("https://www.headspace.com/",)}


def test_the_member_s_own_program_is_no_partner(lin, browser_of_lin):
    for path in ("", "connect/"):
        assert browser_of_lin.get(f"/connections/own-program/{path}").status_code == 404
    for path in ("connect/", "preview/", "turn-on/", "turn-off/", "revoke/"):
        assert browser_of_lin.post(f"/connections/own-program/{path}").status_code == 404
    assert "Your own program" not in text(browser_of_lin.get("/connections/"))


def test_what_is_no_partner_can_be_stopped_in_the_same_place(lin, browser_of_lin):
    grant = live_yes(lin, "own-program", "export:steps")

    page = browser_of_lin.get("/stop/").content.decode()
    assert 'action="/connections/own-program/revoke/"' in page
    assert "Your own program" not in text(browser_of_lin.get("/connections/"))
    answer = browser_of_lin.post("/connections/own-program/revoke/", follow=True)

    grant.refresh_from_db()
    assert (answer.status_code, answer.redirect_chain) == (200, [("/stop/", 303)])
    assert grant.status == "withdrawn"
    receipt = browser_of_lin.get(f"/receipts/{grant.receipts.first().ref}/").content.decode()
    assert "/connections/own-program/" not in receipt  # no dead link


@pytest.mark.parametrize("slug", ["apple-health", "health-connect"])
def test_a_phone_s_page_says_that_both_must_be_on(lin, browser_of_lin, slug):
    said = "A type moves only when both are on, the switch here and the one on your phone."
    assert said in text(browser_of_lin.get(ask(slug)))

    answer = browser_of_lin.post(ask(slug), {"decision": "allow", "flow": ["export:steps"]}, follow=True)

    assert answer.redirect_chain == [(f"/connections/{slug}/", 303)]
    assert "You allowed 1 type." in text(answer)
    assert said in text(answer)
    assert all(flow.channel is Channel.DEVICE for flow in manifest_of(slug).flows)


class TestWhereAPartnerIsNotOffered:
    @pytest.fixture(autouse=True)
    def _lives_in_norway(self, lin):
        lin.region = "NO"
        lin.save()

    def test_the_page_says_so_and_has_no_allow(self, browser_of_lin):
        answer = browser_of_lin.get(ask("stelo"))

        assert "You can connect Stelo by Dexcom in the United States only." in text(answer)
        assert switches(answer) == []
        assert 'value="allow"' not in answer.content.decode()

    def test_an_allow_posted_stores_nothing(self, browser_of_lin):
        answer = browser_of_lin.post(ask("stelo"), {"decision": "allow", "flow": ["import:glucose"]})

        assert answer.status_code == 422
        assert "in the United States only" in text(answer)
        assert not Grant.objects.exists()

    def test_who_moved_away_can_turn_nothing_on_and_still_stop(self, lin, browser_of_lin):
        grant = live_yes(lin, "stelo", "import:glucose")
        services.turn_off(grant_ref=grant.ref, flow="import:glucose")

        answer = browser_of_lin.post(
            "/connections/stelo/turn-on/", {"flow": "import:glucose", "decision": "start"}
        )

        assert answer.status_code == 422
        assert not grant.toggles.filter(on=True).exists()
        assert browser_of_lin.post("/connections/stelo/revoke/").status_code == 303
        assert Grant.objects.get().status == "withdrawn"


@pytest.mark.parametrize("slug", HERE)
def test_each_sensitive_switch_says_what_it_can_show_and_stands_apart(browser_of_lin, slug):
    page = text(browser_of_lin.get(ask(slug)))
    for flow in manifest_of(slug).flows:
        if flow.data_type in REVEALS:
            assert REVEALS[flow.data_type] in page
            assert page.index("Think twice here.") < page.index(REVEALS[flow.data_type])


def test_only_who_gets_workouts_with_heart_rate_is_said_to_get_heart_rate_of_workouts(browser_of_lin):
    said = "heart rate outside your workouts"
    shown = {slug for slug in [*HERE, *AT_PARTNER] if said in text(browser_of_lin.get(ask(slug)))}
    assert shown == {"strava"}
