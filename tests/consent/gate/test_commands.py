"""`manage.py gate`: decisions from lines alone, an explanation, and the policy as people and machines read it."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from consent.gate import snapshots
from consent.gate.policy import digest_of
from consent.gate.questions import checking, lines, policy_page
from consent.gate.reasons import WORDS
from consent.gate.rules import RULES
from consent.gate.shapes import Reason
from consent.grants import services
from consent.grants.models import Grant
from consent.manifests.register import manifests
from tests.consent.conftest import NOON
from tests.consent.gate.command import ROOT, check

WORKOUT = {
    "id": "w1",
    "day": "2026-11-20",
    "activity": "running",
    "start_datetime": "2026-11-20T08:00:00+00:00",
    "source": "workout_heart_rate",
    "label": "canary",
    "mood": "canary",
}
OF_THE_CONTRACT: dict[str, Any] = {
    "id": "1",
    "partner": "strava",
    "direction": "export",
    "data_type": "workout",
    "channel": "push",
    "at": "2026-11-20T12:00:00+00:00",
    "member": {"region": "US", "timezone": "UTC", "ring_generation": 4, "membership": "active"},
    "partner_status": "active",
    "grant": {
        "status": "active",
        "noticed": None,
        "history_from": None,
        "granted_at": "2026-11-01T00:00:00+00:00",
        "expires_at": None,
        "on": ["export:workout"],
        "device_off": [],
    },
    "document": {"kind": "workout", "fields": WORKOUT},
}
SHORT = {"partner": "strava", "direction": "export", "data_type": "workout"}


def answered(found: dict) -> dict:
    return checking.answer(json.dumps(found).encode(), snapshots.policy(), NOON)


def changed(**members) -> dict:
    return {**OF_THE_CONTRACT, **members}


def test_check_answers_in_order_without_a_database() -> None:
    answers, code, said = check([OF_THE_CONTRACT, {**SHORT, "id": 2}, changed(id="3", data_type="period")])

    assert (code, said) == (0, "")
    assert answers[0] == {
        "id": "1",
        "permit": True,
        "reason": "permitted",
        "released": {key: WORKOUT[key] for key in ("id", "day", "activity", "start_datetime")},
        "policy": snapshots.policy().digest,
    }
    assert [(each["id"], each["reason"], each["released"]) for each in answers[1:]] == [
        (2, "no_grant", None),
        ("3", "womens_health", None),
    ]


BAD: dict[str, dict | bytes] = {
    "no JSON": b"{",
    "no object": b"[1]",
    "an unknown key": {**SHORT, "id": "b", "shoe": "canary"},
    "an unknown key inside": {**SHORT, "grant": {"canary": 1}},
    "a key left out": {"partner": "strava"},
    "a wrong type": {**SHORT, "member": ["canary"]},
    "a wrong type inside": {**SHORT, "grant": {"on": "canary"}},
    "a direction that is none": {**SHORT, "direction": "canary"},
    "a date without zone": {**SHORT, "at": "2026-11-20T12:00:00"},
    "a day instead of a moment": {**SHORT, "at": "2026-11-20"},
    "a moment that no calendar has": {**SHORT, "at": "2026-02-30T12:00:00+00:00"},
    "a moment beyond all calendars": {**SHORT, "at": "0001-01-01T00:00:00+14:00"},
    "a zone that is none": {**SHORT, "member": {"timezone": "../canary"}},
    "not a number": b'{"partner": "strava", "document": {"kind": "workout", "fields": {"distance": NaN}}}',
    "a number without end": b'{"partner": "strava", "document": {"kind": "workout", "fields": {"distance": 1e999}}}',
    "a number of 5,000 digits": b'{"id": ' + b"9" * 5_000 + b"}",
    "a key twice": b'{"partner": "strava", "partner": "canary"}',
    "1,000 levels": b'{"a": ' * 1_000 + b"1" + b"}" * 1_000,
    "100,000 levels": b"[" * 100_000,
    "no UTF-8": b'{"partner": "\xff\xfe canary"}',
    "10 MB": b'{"partner": "' + b"canary" * 1_700_000 + b'"}',
    "a true generation": {**SHORT, "member": {"ring_generation": True}},
    "null where none may be": {**SHORT, "partner": None},
}


def test_a_bad_line_gets_an_error_that_says_what_to_do_and_the_rest_goes_on() -> None:
    answers, code, said = check([*BAD.values(), OF_THE_CONTRACT])

    assert code == 1
    assert said == ""  # no traceback
    assert len(answers) == len(BAD) + 1
    for name, answer in zip(BAD, answers, strict=False):
        assert set(answer) == {"id", "error"}, name
        assert answer["error"].endswith("."), name
        assert "canary" not in answer["error"], name
    assert answers[2]["id"] == "b"
    assert answers[-1]["permit"]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (changed(at="2026-10-20T12:00:00Z"), "no_grant"),
        (changed(grant=None), "no_grant"),
        (changed(channel="api"), "flow_not_declared"),
        (changed(channel=None), "permitted"),
        (changed(partner="nobody"), "unknown_partner"),
        (changed(partner_status="suspended"), "partner_suspended"),
        (changed(data_type="aura"), "unknown_data_type"),
        (changed(document=None), "permitted"),
        (changed(document={"kind": "period", "fields": {}}), "womens_health"),
        (changed(document={"kind": "aura", "fields": WORKOUT}), "nothing_to_release"),
        (changed(document={"kind": "workout", "fields": WORKOUT, "origin": "strava"}), "origin_not_allowed"),
        (
            changed(document={"kind": "workout", "fields": {**WORKOUT, "source": "manual"}}),
            "source_not_allowed",
        ),
    ],
)
def test_check_decides_as_the_gate_does(given, reason) -> None:
    assert answered(given)["reason"] == reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "withdrawn"}, "grant_withdrawn"),
        ({"status": "revoked"}, "grant_revoked"),
        ({"status": "expired"}, "grant_expired"),
        ({"expires_at": "2026-11-20T12:00:00+00:00"}, "grant_expired"),  # equal to `at` has expired
        ({"expires_at": "2026-11-20T12:00:01+00:00"}, "permitted"),
        ({"noticed": []}, "notice_outdated"),
        ({"noticed": ["export:workout"]}, "permitted"),
        ({"history_from": "2026-11-21"}, "before_consent"),
        ({"on": []}, "toggle_off"),
        ({"device_off": ["export:workout"]}, "device_permission_off"),
    ],
)
def test_check_reads_the_grant_of_the_line(change, reason) -> None:
    assert answered(changed(grant={**OF_THE_CONTRACT["grant"], **change}))["reason"] == reason


def test_what_is_left_out_takes_its_default() -> None:
    assert answered(SHORT)["reason"] == "no_grant"
    assert answered({**SHORT, "grant": {"on": ["export:workout"]}})["reason"] == "permitted"
    assert answered({**SHORT, "grant": {}})["reason"] == "toggle_off"


def test_every_partner_is_known_to_check() -> None:
    for manifest in manifests():
        assert answered({**SHORT, "partner": manifest.slug})["reason"] in {"no_grant", "flow_not_declared"}


def test_a_line_without_end_is_never_held_whole() -> None:
    stream = io.BytesIO(b"x" * (lines.LONGEST * 2) + b"\n{}\n\n")

    assert list(lines.lines_of(stream)) == [None, b"{}\n"]


def test_explain_tells_rule_by_rule_what_was_asked_true_and_answered(member, notice, capsys) -> None:
    before = datetime.now(UTC) - timedelta(hours=1)
    flows = frozenset({"export:workout"})
    services.allow(member=member, partner="strava", flows=flows, notice=notice, at=before)
    permitted, refused = explained(capsys, "workout"), explained(capsys, "readiness_score")

    assert permitted["permit"]
    assert "workout.activity" in permitted["fields"]
    assert [step["rule"] for step in permitted["rules"]] == [rule.__name__ for rule in RULES]
    assert {step["answer"] for step in permitted["rules"]} == {"passes"}
    assert refused["reason"] == "toggle_off"
    assert [step["answer"] for step in refused["rules"]][-7:] == ["passes", "toggle_off", *["not asked"] * 5]
    assert refused["words"]["auditor"] == WORDS[Reason.TOGGLE_OFF].auditor
    assert "Strava" in refused["words"]["member"]
    assert member.email not in json.dumps(refused)


def explained(capsys, data_type: str) -> dict:
    call_command("gate", "explain", "--member", "lin@example.org", "--partner", "strava", "--data-type", data_type,
                 "--direction", "export")  # fmt: skip
    return json.loads(capsys.readouterr().out)


def test_explain_of_nobody_says_so(db) -> None:
    with pytest.raises(CommandError, match="no member"):
        call_command("gate", "explain", "--member", "x@example.org", "--partner", "strava", "--data-type", "workout",
                     "--direction", "export")  # fmt: skip


@pytest.mark.parametrize(
    ("partner", "data_type", "reason"),
    [
        ("nobody", "workout", "unknown_partner"),
        ("strava", "period", "womens_health"),
        ("strava", "aura", "unknown_data_type"),
    ],
)
def test_explain_has_an_answer_to_every_question(member, capsys, partner, data_type, reason) -> None:
    call_command("gate", "explain", "--member", member.email, "--partner", partner, "--data-type", data_type,
                 "--direction", "import")  # fmt: skip

    assert json.loads(capsys.readouterr().out)["reason"] == reason


def test_the_policy_in_json_is_what_its_digest_is_over(capsys) -> None:
    call_command("gate", "policy", "--format", "json")
    document = json.loads(capsys.readouterr().out)

    assert document.pop("digest") == digest_of(document) == snapshots.policy().digest


def test_the_policy_page_names_every_partner_flow_and_reason_and_no_flow_of_womens_health(capsys) -> None:
    call_command("gate", "policy", "--format", "markdown")
    page = capsys.readouterr().out

    for manifest in manifests():
        assert f"### {manifest.name}" in page
        assert all(f"| `{flow.data_type}` |" in page for flow in manifest.flows)
    assert all(f"`{reason}`" in page for reason in Reason)
    assert "| `period` |" not in page
    assert snapshots.policy().digest in page


def test_the_policy_page_in_the_docs_is_the_policy_in_force() -> None:
    kept = (ROOT / "docs" / "policy.md").read_text()

    assert kept == policy_page.markdown(snapshots.policy()), (
        "Write it again: python manage.py gate policy --format markdown > docs/policy.md"
    )


def test_the_policy_page_lists_the_rules_in_the_order_in_which_they_are_asked() -> None:
    listed = [reason for _, reasons in policy_page.RULES for reason in reasons]

    assert listed == [reason for reason in Reason if reason not in {Reason.PERMITTED, Reason.ERROR}]


def test_finding_the_live_grant_of_a_member_is_one_probe_of_an_index(member) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # of a handful of rows it would read them all
    plan = Grant.objects.filter(member=member, partner="strava", status="active").order_by().explain()

    assert "index" in plan.lower()  # G3: no scan, whatever the number of members
    assert "SCAN" not in plan
