"""Any past decision can be run again: from the log's record of what the rules read, under the policy of its day."""

from dataclasses import replace
from datetime import timedelta

import pytest

from audit.log.models import Entry
from consent.gate import door, snapshots
from consent.gate.models import PolicyVersion
from consent.gate.policy import Policy, digest_of
from consent.gate.replay import NotReplayable, replay
from consent.gate.versions import PolicyNotKept, policy_of
from consent.grants import services
from consent.manifests.register import manifests
from integrations.strava.manifest import MANIFEST
from records.admission import NewDocument
from tests.consent.conftest import NOON
from tests.consent.gate.test_door import LABEL, READINESS, WORKOUT, out, save

FLOWS = frozenset({"export:workout", "export:sticker", "import:workout", "import:heart_rate"})
HEART = {
    "rows": [
        {"timestamp": "2026-11-20T11:00:00+00:00", "timestamp_unix": 1, "bpm": 61, "source": "workout"},
        {"timestamp": "2026-11-20T11:05:00+00:00", "timestamp_unix": 2, "bpm": 62, "source": "workout"},
    ]
}


@pytest.fixture
def grant(member, notice):
    return services.allow(
        member=member, partner="strava", flows=FLOWS, notice=notice, at=NOON - timedelta(hours=1)
    ).grant


def everything_that_can_happen(member, grant) -> None:
    """Permits and refusals, out and in, of every kind that a member and a partner can cause."""
    workout = save(member, "workout", WORKOUT)
    readiness = save(member, "daily_readiness", READINESS)
    manual = save(member, "workout", {**WORKOUT, "id": "manual", "source": "manual"})
    old = save(member, "workout", {**WORKOUT, "id": "old", "day": "2026-11-01"})
    out(grant, workout, "export:workout")
    out(grant, manual, "export:workout")
    out(grant, old, "export:workout")
    out(grant, workout, "export:readiness_score")
    out(grant, readiness, "export:sticker")
    out(grant, workout, "export:sleep")
    come_in(grant, "import:workout", NewDocument("workout", {**WORKOUT, "id": "s1"}, "strava", "s1"))
    come_in(grant, "import:heart_rate", NewDocument("heartrate", HEART, "strava", "s1|heartrate"))
    late = {**WORKOUT, "start_datetime": "2026-11-18T06:00:00-05:00"}
    come_in(grant, "import:workout", NewDocument("workout", late, "strava", "s2"))
    bare = {"start_datetime": WORKOUT["start_datetime"]}
    come_in(grant, "import:workout", NewDocument("workout", bare, "strava", "s3"))
    services.turn_off(grant_ref=grant.ref, flow="export:workout", at=NOON)
    out(grant, workout, "export:workout")
    services.withdraw(grant_ref=grant.ref, at=NOON)
    out(grant, workout, "export:sticker")
    out(grant, workout, "export:workout", at=NOON - timedelta(hours=2))


def come_in(grant, flow: str, document: NewDocument) -> None:
    door.admit_import(grant_ref=grant.ref, flow=flow, document=document, references={}, at=NOON)


def decisions() -> list[Entry]:
    return list(Entry.objects.filter(kind__regex=r"^(release|import)\.").order_by("pk"))


def test_every_decision_of_a_day_comes_out_the_same_when_it_is_run_again(member, grant) -> None:
    everything_that_can_happen(member, grant)
    reasons = set()
    for entry in decisions():
        again = replay(entry)
        assert again.same, (entry.facts, again)
        reasons.add(again.reason)

    assert len(decisions()) >= 13
    assert reasons >= {
        "permitted", "source_not_allowed", "before_consent", "toggle_off", "flow_not_declared", "not_current_day",
        "nothing_to_release", "grant_withdrawn", "no_grant",
    }  # fmt: skip


def test_a_decision_is_run_again_under_the_policy_of_its_day(member, grant, monkeypatch) -> None:
    everything_that_can_happen(member, grant)
    then = {entry.facts["policy"] for entry in decisions()}
    flows = tuple(flow for flow in MANIFEST.flows if flow.key != "export:workout")
    poorer = Policy.of(
        [replace(MANIFEST, flows=flows), *(each for each in manifests() if each.slug != "strava")]
    )
    monkeypatch.setattr(snapshots, "_compiled", [poorer])  # the policy in force changes; nothing else does

    assert poorer.digest not in then
    assert all(replay(entry).same for entry in decisions())


def test_a_record_that_was_tampered_with_comes_out_otherwise(member, grant) -> None:
    out(grant, save(member, "workout", {**WORKOUT, "source": "manual"}), "export:workout")
    (entry,) = decisions()
    entry.body = bytes(entry.body).replace(b"source_not_allowed", b"toggle_off")

    assert not replay(entry).same


def test_what_the_log_keeps_of_a_document_has_no_value_in_it(member, grant) -> None:
    everything_that_can_happen(member, grant)

    for entry in decisions():
        written = bytes(entry.body).decode()
        assert len(written) <= 4096  # SR-8.1
        for value in (
            "5000.5",
            "311.5",
            LABEL,
            "running",
            "06:00:00",
            "0.4242",
            '"source":"manual"',
            member.email,
        ):
            assert value not in written


def test_the_policy_of_a_decision_is_kept_under_its_digest(member, grant) -> None:
    out(grant, save(member, "workout", WORKOUT), "export:workout")
    kept = PolicyVersion.objects.get()

    assert kept.digest == snapshots.policy().digest
    assert kept.first_used_at == NOON
    assert policy_of(kept.digest).digest == digest_of(policy_of(kept.digest).document())


def test_a_policy_that_is_not_kept_or_was_altered_decides_nothing(member, grant) -> None:
    out(grant, save(member, "workout", WORKOUT), "export:workout")
    (entry,) = decisions()
    PolicyVersion.objects.update(document='{"rules":2}')

    with pytest.raises(PolicyNotKept):
        replay(entry)


def test_a_receipt_is_no_decision(member, grant) -> None:
    with pytest.raises(NotReplayable):
        replay(Entry.objects.get(kind="grant.given"))


def test_a_self_service_partner_has_a_digest_of_its_own_beside_the_policys() -> None:
    own = replace(MANIFEST, slug="run-club")
    alone, beside = Policy.of(manifests()), Policy.of(manifests(), reviewed=[own])

    assert beside.digest == alone.digest
    assert beside.reviewed["run-club"].startswith("sha256:")
    assert Policy.of(manifests(), reviewed=[replace(own, imports_stay=False)]).reviewed != beside.reviewed
