"""The first share, end to end, in a real browser: a member decides, data leaves through the gate, and stops."""

import json
import urllib.request
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone

from audit.log.models import Entry
from consent.grants.models import Receipt
from integrations.connectors.models import Connection, Status
from integrations.deliveries.models import Delivery
from integrations.intake import demo
from records.members.models import Member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server, settings, tmp_path) -> str:
    """The whole house, with the simulated Strava beside it on the same address, as `make run` serves it."""
    port = int(live_server.url.rpartition(":")[2])
    strava = f"{live_server.url}/demo/strava"
    settings.SIMULATOR_STORE = tmp_path / "simulators.sqlite3"
    settings.EGRESS_LOOPBACK_PORTS = [port]
    settings.BASE_URL = live_server.url
    settings.STRAVA_API_URL = f"{strava}/api/v3"
    settings.STRAVA_TOKEN_URL, settings.STRAVA_REVOKE_URL = f"{strava}/oauth/token", f"{strava}/oauth/revoke"
    lin = [account for account in demo.ACCOUNTS if account.email == "lin@demo.example"]
    demo.load(now=timezone.now(), accounts=lin, days=2)
    return live_server.url


def work() -> None:
    """What the worker does in the background."""
    call_command("worker", once=True)


def received(site: str, ending: str = "") -> list[dict]:
    with urllib.request.urlopen(f"{site}/demo/strava/received.json") as answer:
        return [row for row in json.load(answer) if row["path"].endswith(ending)]


def sign_in(page, site: str, email: str = "lin@demo.example") -> None:
    page.goto(f"{site}/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill("demo-ringfence")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/connections/")


def connect(page, site: str, *switches: str, untick: str = "") -> None:
    page.goto(f"{site}/connections/strava/connect/")
    for name in switches:
        page.get_by_role("switch", name=name).first.check()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url("**/demo/strava/oauth/authorize**")
    if untick:
        page.get_by_label(untick).uncheck()
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url("**/connections/strava/")


def log_at_the_ring(page, site: str, button: str) -> None:
    page.goto(f"{site}/demo/ring/")
    page.get_by_role("button", name=button).click()
    page.wait_for_load_state()
    work()


def test_lin_shares_one_workout_with_strava_and_stops(page, site) -> None:
    sign_in(page, site)
    connect(page, site, "Workouts with heart rate", "Readiness score")
    assert page.get_by_text("Sharing", exact=True).first.is_visible()

    log_at_the_ring(page, site, "Log a workout with heart rate")
    (upload,) = received(site, "/uploads")
    assert "<HeartRateBpm>" in upload["body"]
    for withheld in ("Calories", "Notes", "Position", "temperature", "lin@", "intensity", "label"):
        assert withheld not in upload["body"]

    page.goto(f"{site}/activity/")
    assert page.get_by_text("Strava received your workouts").is_visible()
    page.get_by_text("What was sent").first.click()
    assert page.get_by_role("link", name="Receipt 1").first.is_visible()

    page.get_by_role("link", name="Stop sharing").click()  # two clicks from any page
    page.get_by_role("button", name="Stop sharing with Strava").click()
    page.wait_for_load_state()
    assert page.get_by_text("You stopped sharing with Strava").first.is_visible()
    work()
    token_calls = len(received(site))

    log_at_the_ring(page, site, "Log a workout with heart rate")
    assert len(received(site, "/uploads")) == 1
    assert len(received(site)) == token_calls
    assert Connection.objects.get().status == Status.ENDED
    assert Connection.objects.get().credentials == ""
    assert received(site, "/oauth/revoke")
    assert Receipt.objects.count() == 2


def test_the_token_is_dead_at_strava_after_the_stop(page, site) -> None:
    from integrations.connectors import access
    from integrations.connectors.registry import connector_of
    from integrations.egress import Deadline

    sign_in(page, site)
    connect(page, site, "Workouts with heart rate")
    credentials = access.access(Connection.objects.get(), deadline=Deadline.in_(5))
    strava = connector_of("strava")
    assert strava.alive(credentials, deadline=Deadline.in_(5))

    page.goto(f"{site}/stop/")
    page.get_by_role("button", name="Stop sharing with Strava").click()
    page.wait_for_load_state()
    work()

    assert not strava.alive(credentials, deadline=Deadline.in_(5))


def test_a_workout_without_activity_heart_rate_never_leaves(page, site) -> None:
    sign_in(page, site)
    connect(page, site, "Workouts with heart rate")
    log_at_the_ring(page, site, "Log a workout without heart rate")

    assert received(site, "/uploads") == []
    page.goto(f"{site}/activity/")
    assert page.get_by_text("not recorded with activity heart rate").is_visible()


def test_a_score_goes_as_one_line_on_the_workout_of_that_day(page, site) -> None:
    sign_in(page, site)
    connect(page, site, "Workouts with heart rate", "Readiness score")
    log_at_the_ring(page, site, "Log last night")
    assert received(site, "/uploads") == []  # it waits for a workout to ride on

    log_at_the_ring(page, site, "Log a workout with heart rate")
    work()

    (line,) = [row for row in received(site) if row["method"] == "PUT"]
    assert json.loads(line["body"])["description"].startswith("Readiness ")


def test_what_strava_grants_less_is_said_and_nothing_is_queued_for_it(page, site) -> None:
    sign_in(page, site)
    connect(page, site, "Workouts with heart rate", "Readiness score", untick="View your activities")

    assert page.get_by_role("button", name="Try again").first.is_visible()
    assert page.get_by_role("button", name="Stop sharing with Strava").first.is_visible()
    log_at_the_ring(page, site, "Log last night")
    assert not Delivery.objects.filter(flow="export:readiness_score").exists()


def test_saying_no_at_strava_leaves_the_grant_and_offers_to_try_again(page, site) -> None:
    sign_in(page, site)
    page.goto(f"{site}/connections/strava/connect/")
    page.get_by_role("switch", name="Workouts with heart rate").check()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url("**/demo/strava/oauth/authorize**")
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_url("**/connections/strava/")

    assert page.get_by_role("button", name="Try again").first.is_visible()
    log_at_the_ring(page, site, "Log a workout with heart rate")
    assert not Delivery.objects.exists()


def test_it_all_works_without_javascript(browser, site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site)
    connect(page, site, "Workouts with heart rate")
    log_at_the_ring(page, site, "Log a workout with heart rate")

    assert len(received(site, "/uploads")) == 1
    context.close()


def test_a_workout_logged_at_strava_today_comes_in_once_and_an_older_one_does_not(page, site) -> None:
    from integrations.simulators.store import things
    from integrations.simulators.strava import athletes, training, webhooks

    sign_in(page, site)
    work()  # subscribes to the partner's webhooks
    connect(page, site, "Workouts and details")
    lin = Member.objects.get(email="lin@demo.example")
    now = timezone.now()
    today_begins = datetime.combine(now.astimezone(ZoneInfo(lin.timezone)), time.min, ZoneInfo(lin.timezone))
    for start in (max(now - timedelta(minutes=20), today_begins.astimezone(UTC)), now - timedelta(days=3)):
        body = {
            "sport_type": "Ride",
            "start_date": f"{start:%Y-%m-%dT%H:%M:%SZ}",
            "elapsed_time": 600,
            "distance": 4000.0,
        }
        with things() as store:
            (athlete,) = athletes.linked(store)
            key = training.log(store, athlete=athlete, activity=body)
        webhooks.tell(athlete=athlete, kind="activity", key=key, aspect="create", wait=True)
        webhooks.tell(athlete=athlete, kind="activity", key=key, aspect="create", wait=True)  # told twice
    work()

    from consent.gate import door

    came_in = [each for each in door.export_own(member_id=lin.id) if each.origin == "strava"]
    assert [each.kind for each in came_in] == ["workout"]
    taken = {entry.facts["document"] for entry in Entry.objects.filter(kind="import.permitted")}
    assert len(taken) == 1  # told of in two different seconds, it is taken in again as the same document
