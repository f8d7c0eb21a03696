"""The ledger and the receipts: every line in words, no health value, the same flows in every form."""

import html
import json
import re

import pytest

from audit.log.events import Event
from consent.grants import clock, receipts, receipts_fhir, selectors, services, signing
from tests.consent.web.conftest import CANARY, share, signed_in
from tests.consent.web.test_the_question import READINESS, WORKOUTS, text
from tests.support.writing import written


def moved(member, kind: str, flow: str, **facts):
    event = Event(
        kind=kind,
        actor="ringfence",
        subject=selectors.subject_of(member.id, "strava"),
        partner="strava",
        at=clock.now(),
        facts={"flow": flow, **facts},
    )
    return written(event)


def test_a_disclosure_is_told_with_its_parts_its_day_and_its_receipt(lin, browser_of_lin):
    grant = share(lin, WORKOUTS)
    decision = moved(
        lin,
        "release.permitted",
        WORKOUTS,
        grant=str(grant.ref),
        day="2026-11-20",
        fields=["activity", "heart_rate", "start_datetime"],
    )
    moved(
        lin, "delivery.delivered", WORKOUTS, grant=str(grant.ref), delivery="d1", entry=str(decision.event_id)
    )

    page = text(browser_of_lin.get("/activity/"))

    assert "Strava received your workouts" in page
    assert "kind, heart rate, start time" in page
    assert "20 November 2026" in page
    assert "Not kept here" in page
    assert "Receipt 1" in page


def test_a_send_whose_end_came_later_has_one_line(lin, browser_of_lin):
    moved(lin, "delivery.may_have_arrived", WORKOUTS, delivery="d1", reason="processing")
    moved(lin, "delivery.delivered", WORKOUTS, delivery="d1")

    page = text(browser_of_lin.get("/activity/"))

    assert "Strava received your workouts" in page
    assert "may have arrived" not in page
    assert "above the line: 1" in page


def test_a_send_whose_end_is_unknown_counts_as_gone_out(lin, browser_of_lin):
    moved(lin, "delivery.may_have_arrived", WORKOUTS, delivery="d1", reason="no_answer")
    assert "It may have arrived." in text(browser_of_lin.get("/activity/"))


def test_what_was_held_back_is_told_with_its_reason(lin, browser_of_lin):
    moved(lin, "release.refused", READINESS, reason="toggle_off", day="2026-11-20")

    page = text(browser_of_lin.get("/activity/?direction=blocked"))

    sentence = "Strava asked for your readiness score. You have it turned off, so nothing was sent."
    assert sentence in html.unescape(page)


def test_choices_are_lines_with_their_receipts(lin, browser_of_lin):
    grant = share(lin, WORKOUTS, READINESS)
    services.turn_off(grant_ref=grant.ref, flow=READINESS)
    services.withdraw(grant_ref=grant.ref)

    page = text(browser_of_lin.get("/activity/"))

    for sentence in (
        "You allowed Strava:",
        "You turned off for Strava: Readiness score",
        "You stopped sharing with",
    ):
        assert sentence in page
    assert "Receipt 3" in page


def test_a_yes_said_again_is_told_as_that(lin, browser_of_lin):
    share(lin, WORKOUTS)
    share(lin, WORKOUTS)

    assert "You said yes again to what Strava has. No switch changed." in text(
        browser_of_lin.get("/activity/")
    )


@pytest.mark.parametrize(
    ("kind", "facts", "sentence"),
    [
        ("delivery.cancelled", {"reason": "toggle_off"}, "did not go to Strava. You turned it off first."),
        (
            "delivery.cancelled",
            {"reason": "grant_revoked"},
            "did not go to Strava. The link was ended first.",
        ),
        ("delivery.cancelled", {"reason": "grant_expired"}, "The time of your yes ran out first."),
        ("delivery.expired", {"reason": "no_carrier"}, "No workout carried it that day."),
        ("delivery.expired", {"reason": "rate_limited"}, "did not go to Strava. Its time ran out."),
        (
            "delivery.cancelled",
            {"reason": "grant_withdrawn", "attempt": 1},
            "We stopped trying to send your workouts to Strava. You stopped first.",
        ),
    ],
)
def test_what_was_given_up_is_told_with_its_true_reason(lin, browser_of_lin, kind, facts, sentence):
    moved(lin, kind, WORKOUTS, **facts)

    assert sentence in text(browser_of_lin.get("/activity/"))


def test_an_end_by_the_partner_is_not_told_as_the_members_choice(lin, browser_of_lin):
    grant = share(lin, WORKOUTS)
    before = text(browser_of_lin.get("/activity/")).count("&middot; Your choice ")
    services.revoke(grant_ref=grant.ref, by="partner")

    page = text(browser_of_lin.get("/activity/"))

    assert "The link with Strava was ended" in page
    assert page.count("&middot; Your choice ") == before


@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        ("direction=out", "Strava received", "You allowed"),
        ("direction=in", "You received", "Strava received"),
        ("direction=choice", "You allowed", "Strava received"),
        ("type=workout", "Strava received your workouts", "heart rate from Strava"),
        ("type=heart_rate", "heart rate from Strava", "Strava received"),
        ("partner=strava", "Strava received", "Nothing fits"),
        ("partner=nobody&direction=%00&type=period", "Strava received", "Nothing fits"),
    ],
)
def test_filters_narrow_the_lines_and_nonsense_is_no_filter(lin, browser_of_lin, query, there, not_there):
    share(lin, WORKOUTS)
    moved(lin, "delivery.delivered", WORKOUTS, delivery="d1")
    moved(lin, "import.permitted", "import:heart_rate")

    page = text(browser_of_lin.get(f"/activity/?{query}"))

    assert there in page
    assert not_there not in page.partition("Show Clear")[2]


def test_older_lines_follow_without_a_gap_or_a_repeat(lin, browser_of_lin):
    for number in range(95):
        moved(lin, "delivery.delivered", WORKOUTS, delivery=f"d{number}")

    seen: list[str] = []
    address = "/activity/"
    for _ in range(4):
        page = browser_of_lin.get(address).content.decode()
        seen += re.findall(r'<span class="mono">([0-9a-f]{8}) ', page)
        older = re.search(r'href="(\?[^"]*older=[^"]+)"', page)
        if older is None:
            break
        address = "/activity/" + html.unescape(older[1])

    assert (len(seen), len(set(seen))) == (95, 95)


def test_a_member_reads_only_their_own_lines(lin, noah, browser_of_lin):  # SR-4.7
    entry = moved(lin, "delivery.delivered", WORKOUTS, delivery="d1")
    other = signed_in(noah)

    assert "Strava received" not in text(other.get("/activity/"))
    assert "Strava received" not in text(other.get(f"/activity/?older={entry.event_id}"))


def test_no_page_about_sharing_holds_a_health_value_or_a_note(lin, browser_of_lin):
    share(lin, WORKOUTS)
    for path in ("/activity/", "/connections/", "/connections/strava/", "/stop/"):
        page = browser_of_lin.get(path).content.decode()
        assert CANARY not in page
        assert "beats a minute" not in page


def test_every_form_of_a_receipt_tells_the_same_flows(lin, browser_of_lin, client):
    receipt = share(lin, WORKOUTS, READINESS).receipts.get()
    address = f"/receipts/{receipt.ref}"
    keys = client.get("/.well-known/jwks.json").json()

    as_json = receipts.flows_of(browser_of_lin.get(address + ".json").json())
    signed = browser_of_lin.get(address + ".jws")
    as_fhir = receipts_fhir.flows_of(json.loads(browser_of_lin.get(address + ".fhir.json").content))
    page = browser_of_lin.get(address + "/").content.decode()
    rows = re.findall(r'data-flow="([^"]+)" data-on="([^"]+)" data-fields="([^"]*)"', page)
    as_page = {flow: (on == "true", tuple(fields.split())) for flow, on, fields in rows}

    assert {flow for flow, (is_on, _) in as_json.items() if is_on} == {WORKOUTS, READINESS}
    assert receipts.flows_of(signing.read(signed.content.decode(), keys)) == as_json
    assert as_fhir == as_json
    assert as_page == as_json
    assert signed["Content-Type"] == "application/jose"


def test_a_receipt_of_an_ended_grant_is_inactive_in_fhir(lin, browser_of_lin):
    grant = share(lin, WORKOUTS)
    receipt = services.withdraw(grant_ref=grant.ref)

    resource = json.loads(browser_of_lin.get(f"/receipts/{receipt.ref}.fhir.json").content)

    assert resource["status"] == "inactive"
    assert "lin@example.org" not in json.dumps(resource)
