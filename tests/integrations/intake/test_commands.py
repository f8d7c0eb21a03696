"""What operators type: the demo world, real ring data, the worker."""

import json
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.test import Client

from audit.log.models import Entry
from consent.gate import door
from integrations.deliveries.lifecycle import State
from integrations.deliveries.models import Delivery
from integrations.intake import demo
from records.members.models import Member
from tests.factories import log_workout, make_connection, make_grant, make_member, make_workout

pytestmark = pytest.mark.django_db(transaction=True)


def run(*arguments: str) -> tuple[str, str, int]:
    """Run a command; return what it printed, what it complained of, and its exit code."""
    out, err = StringIO(), StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=err)
    except SystemExit as ended:
        return out.getvalue(), err.getvalue(), int(ended.code or 0)
    return out.getvalue(), err.getvalue(), 0


def kept(member: Member) -> list[str]:
    return sorted(each.kind for each in door.export_own(member_id=member.id))


@pytest.fixture
def file_of_workouts(tmp_path):
    sound = [dict(make_workout().body) for _ in range(2)]
    for body in sound:
        body.pop("heart_rate")
    path = tmp_path / "workout.json"
    path.write_text(
        json.dumps({"data": [sound[0], {**sound[0], "day": "soon"}, sound[1]], "next_token": None})
    )
    return path


def test_sound_documents_go_in_and_malformed_ones_are_named_by_file_index_and_field(file_of_workouts):
    member = make_member()
    out, err, code = run("member", "import", member.email, str(file_of_workouts))
    assert json.loads(out) == {"documents": 2, "malformed": 1, "deliveries": 0}
    assert "workout.json" in err
    assert "document 1" in err
    assert "day" in err
    assert code == 1
    assert kept(member) == ["workout", "workout"]


def test_the_same_file_twice_changes_nothing(file_of_workouts):
    member = make_member()
    run("member", "import", member.email, str(file_of_workouts))
    run("member", "import", member.email, str(file_of_workouts))
    assert kept(member) == ["workout", "workout"]


def test_a_file_that_is_not_there_is_named(tmp_path):
    out, err, code = run("member", "import", make_member().email, str(tmp_path / "sleep.json"))
    assert (json.loads(out)["malformed"], code) == (1, 1)
    assert "sleep.json" in err


def test_an_unknown_member_is_refused(tmp_path):
    with pytest.raises(CommandError, match="no account"):
        call_command("member", "import", "nobody@tests.example", str(tmp_path))


def test_outside_the_demo_world_a_ticket_is_needed_and_the_operator_recorded(file_of_workouts, settings):
    settings.DEMO = False
    member = make_member()
    with pytest.raises(CommandError, match="--ticket"):
        call_command("member", "import", member.email, str(file_of_workouts))
    run("member", "import", member.email, str(file_of_workouts), "--ticket", "OPS-7")
    event = Entry.objects.get(kind="staff.imported")
    assert event.facts["ticket"] == "OPS-7"
    assert event.facts["operator"]


def test_an_operators_import_has_its_entry_and_its_line_for_the_member_in_the_demo_too(
    file_of_workouts, client
):
    member = make_member()
    run("member", "import", member.email, str(file_of_workouts))  # SR-9.2
    assert Entry.objects.get(kind="staff.imported").facts["files"] == 1
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    assert b"One of our staff put files into your records" in client.get("/activity/").content


def test_the_demo_world_has_its_accounts_and_loading_it_twice_changes_nothing(monkeypatch):
    monkeypatch.setattr(demo, "DAYS", 3)
    out, _, code = run("demo")
    accounts = {each["email"]: each for each in json.loads(out)["accounts"]}
    assert code == 0
    assert len(accounts) == 10
    assert {each["password"] for each in accounts.values()} == {"demo-ringfence"}
    noah = Member.objects.get(email="noah@demo.example")
    assert (noah.region, noah.ring_generation, noah.membership) == ("FI", 3, "lapsed")
    maya = Member.objects.get(email="maya@demo.example")
    before = kept(maya)
    assert "sleep" in before
    run("demo")
    assert kept(maya) == before
    assert Member.objects.count() == 10
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == 10


def test_the_demo_world_exists_only_in_the_demo(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("demo")


def test_one_round_of_the_worker_does_what_is_due(strava_simulator):
    grant = make_grant()
    make_connection(grant, tokens=strava_simulator.tokens())
    (delivery,) = log_workout(grant.member)
    run("worker", "--once")
    delivery.refresh_from_db()
    assert delivery.state in {State.DELIVERED, State.PENDING}
    assert len(strava_simulator.uploads) == 1


@pytest.fixture
def ring():
    client, member = Client(), make_member()
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client, member


@pytest.mark.parametrize(
    ("press", "kinds"),
    [
        ("workout", ["workout"]),
        ("workout_without_heart_rate", ["workout"]),
        ("night", ["daily_readiness", "daily_sleep", "sleep"]),
        ("day", ["daily_activity", "heartrate"]),
    ],
)
def test_a_press_on_the_simulated_ring_logs_it_for_today(ring, press, kinds):
    client, member = ring
    assert f'value="{press}"'.encode() in client.get("/demo/ring/").content
    answer = client.post("/demo/ring/", {"log": press})
    assert (answer.status_code, answer["Location"]) == (303, "/demo/ring/")
    assert kept(member) == kinds


def test_the_ring_logs_nothing_it_does_not_know_and_for_nobody_unknown(ring):
    client, member = ring
    assert client.post("/demo/ring/", {"log": "pregnancy"}).status_code == 400
    assert kept(member) == []
    assert Client().post("/demo/ring/", {"log": "workout"}).status_code == 302


def test_two_presses_are_two_workouts_and_both_are_queued(ring):
    client, member = ring
    make_connection(make_grant(member))
    client.post("/demo/ring/", {"log": "workout"})
    client.post("/demo/ring/", {"log": "workout"})
    assert Delivery.objects.filter(flow="export:workout").count() == 2
