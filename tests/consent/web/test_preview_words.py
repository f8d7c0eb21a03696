"""The preview's words for every kind of document: what a person reads, and never a field's name."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from consent.gate import door
from consent.grants import clock
from consent.manifests.register import manifests
from consent.web import words
from records import generator
from records.admission import NewDocument
from records.vocabulary.registry import KINDS


def preview(browser, slug: str, *flows: str) -> str:
    answer = browser.post(
        f"/connections/{slug}/preview/", {"flow": list(flows)}, headers={"HX-Request": "true"}
    )
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def browser_of_whole_day(lin, browser_of_lin):
    """Lin's browser, with one more member's worth of everything that a ring measures on a day."""
    yesterday = clock.now().astimezone(ZoneInfo(lin.timezone)).date() - timedelta(days=1)
    whole = next(days for days in made_up_days(yesterday, lin.timezone) if is_whole(days))
    door.admit(member_id=lin.id, documents=whole)
    return browser_of_lin


def made_up_days(until: date, timezone: str) -> Iterator[list[NewDocument]]:
    """Yield three days of one made-up member after another; not each of them has everything on the last day."""
    for number in count():
        yield list(generator.days(f"whole {number}", until=until, count=3, timezone=timezone, cycle=False))


def is_whole(documents: list[NewDocument]) -> bool:
    newest = {each.kind: each.body for each in documents}  # day after day
    return bool(newest["sleep_time"]["optimal_bedtime"] and newest["daily_spo2"]["spo2_percentage"])


@pytest.mark.parametrize(
    ("flow", "said"),
    [
        ("export:sleep", r"Sleep \d\d:\d\d to \d\d:\d\d, \d+ hours? .*asleep.*of deep sleep"),
        ("export:respiratory_rate", r"Breathing rate \d+\.\d breaths a minute"),
        ("export:heart_rate", r"From \d+ to \d+ beats a minute"),
        ("export:steps", r"\d+ steps"),
        ("export:active_energy", r"Active calories \d+ calories"),
        ("export:workout", r"Evening run 18:02, 31 minutes"),
    ],
)
def test_a_phone_s_types_are_told_in_words(browser_of_lin, flow, said):
    assert re.search(said, preview(browser_of_lin, "apple-health", flow))


@pytest.mark.parametrize(
    ("slug", "flow", "said"),
    [
        ("health-connect", "export:heart_rate_variability", r"\d+ ms"),
        ("health-connect", "export:resting_heart_rate", r"\d+ beats a minute"),
        ("health-connect", "export:distance", r"\d+\.\d km"),
        ("technogym", "export:daytime_stress", r"(Restored|Normal|Stressful)"),
        ("technogym", "export:sleep_score", r"Sleep \d+"),
        ("alexa", "export:spo2", r"\d+ percent oxygen"),
        ("alexa", "export:bedtime_reminder", r"Made of: best bedtime from \d\d:\d\d, until \d\d:\d\d"),
        ("alexa", "export:activity_nudge", r"Made of: You (sat|did not sit)"),
        ("natural-cycles", "export:temperature_trend", r"°C (warmer|cooler) than is usual for you"),
        ("open", "export:sleep", r"\d\d:\d\d to \d\d:\d\d, \d+ hours?"),
    ],
)
def test_a_partner_s_types_are_told_in_words(browser_of_whole_day, slug, flow, said):
    assert re.search(said, preview(browser_of_whole_day, slug, flow))


def test_a_composite_says_what_it_is_made_of(browser_of_whole_day):
    parts = ["export:wellness_briefing", "export:sleep_score", "export:readiness_score"]
    page = preview(browser_of_whole_day, "alexa", *parts)
    assert re.search(r"Morning briefing Made of: (?=.*Sleep \d+)(?=.*Readiness \d+)", page)


def test_what_moves_on_demand_says_so(browser_of_lin):
    assert "Only the ones you post." in preview(browser_of_lin, "strava", "export:sticker")


def test_many_readings_of_glucose_are_one_line(lin, browser_of_lin):
    here = ZoneInfo(lin.timezone)
    noon = (clock.now().astimezone(here) - timedelta(days=1)).replace(
        hour=12, minute=0, second=0, microsecond=0
    )
    readings = [
        NewDocument(
            "glucose",
            {"id": f"g{number}", "day": str(noon.date()), "time": (noon + timedelta(minutes=5 * number)).isoformat(),
             "value": 90 + number, "flag": None, "trend": "flat"},
            "stelo", f"g{number}",
        )
        for number in range(12)
    ]  # fmt: skip
    door.admit(member_id=lin.id, documents=readings)

    page = preview(browser_of_lin, "stelo", "import:glucose")

    assert page.count("Glucose") == 1
    assert "From 90 to 101 mg/dL" in page


def test_each_part_that_a_partner_may_carry_has_a_name_a_person_would_use():
    flows = [flow for manifest in manifests() if manifest.listed for flow in manifest.flows]
    said = {path: words.part(path) for flow in flows for paths in flow.fields.values() for path in paths}
    assert [
        part for part in said.values() if re.search(r"[_\[]|\b(lat|lon|tz|offset|hrv|deviation)\b", part)
    ] == []
    assert said["spo2_percentage.average"] == "blood oxygen"


def test_no_preview_of_any_partner_shows_a_field_s_name(browser_of_whole_day):
    names = {path for kind in KINDS.values() for path in kind.by_path if "_" in path}
    for manifest in manifests():
        if manifest.flows and manifest.listed:
            page = preview(browser_of_whole_day, manifest.slug, *(flow.key for flow in manifest.flows))
            assert [name for name in names if name in page] == [], manifest.slug
            assert "{" not in page
