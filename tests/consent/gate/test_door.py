"""The door: what comes out of it is a release with its entry, and nothing a member's women's health could change."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from audit.log.models import Entry
from consent.gate import door
from consent.gate.release import Release
from consent.gate.shapes import Reason
from consent.grants import services
from records.admission import NewDocument
from records.members import keys, pairwise
from records.members.models import Member
from tests.consent.conftest import NOON

TODAY = date(2026, 11, 20)
LABEL, NOTE = "canary-prenatal-class", "canary-cramps-all-day"
WORKOUT = {
    "id": "ring-workout-1",
    "day": "2026-11-20",
    "activity": "running",
    "start_datetime": "2026-11-20T06:00:00-05:00",
    "end_datetime": "2026-11-20T06:30:00-05:00",
    "intensity": "hard",
    "source": "workout_heart_rate",
    "calories": 311.5,
    "distance": 5000.5,
    "label": LABEL,
    "heart_rate": {"interval": 5, "items": [120, None, 131], "timestamp": "2026-11-20T06:00:00.000-05:00"},
}
READINESS = {
    "id": "ring-readiness-1",
    "day": "2026-11-20",
    "timestamp": "2026-11-20T00:00:00+00:00",
    "score": 82,
    "temperature_deviation": 0.4242,
    "temperature_trend_deviation": 0.3131,
    "contributors": {"body_temperature": 77, "hrv_balance": 66},
    "score_with_cycle": 64,
}
PERIOD_TAG = {
    "id": "tag-1",
    "tag_type_code": "tag_generic_period",
    "start_time": "2026-11-20T08:00:00-05:00",
    "start_day": "2026-11-20",
    "comment": NOTE,
}


@pytest.fixture
def grant(member, notice):
    flows = frozenset({"export:workout", "export:readiness_score", "import:workout", "import:heart_rate"})
    return services.allow(
        member=member, partner="strava", flows=flows, notice=notice, at=NOON - timedelta(hours=1)
    ).grant


def save(member: Member, kind: str, body: dict) -> list:
    return door.admit(member_id=member.id, documents=[NewDocument(kind, body)], at=NOON)


def out(grant, saved, flow: str, at=NOON):
    return door.release(
        grant_ref=grant.ref,
        flow=flow,
        document_ref=saved[0].ref,
        references={"delivery": str(uuid4())},
        at=at,
    )


def test_a_release_carries_the_declared_fields_and_the_partners_own_id(member, grant) -> None:
    saved = save(member, "workout", WORKOUT)
    release = out(grant, saved, "export:workout")

    assert isinstance(release, Release)
    assert set(release.fields) == {
        "id",
        "day",
        "activity",
        "start_datetime",
        "end_datetime",
        "distance",
        "heart_rate",
    }
    assert release.fields["id"] == str(release.document_id)  # SR-2.13
    assert pairwise.inner(release.document_id, recipient="strava", about="document") == saved[0].ref
    assert pairwise.pairwise(saved[0].ref, recipient="open", about="document") != release.document_id


def test_the_decision_is_in_the_log_with_names_of_fields_and_no_value(member, grant) -> None:
    release = out(grant, save(member, "workout", WORKOUT), "export:workout")
    entry = Entry.objects.get(event_id=release.event_id)
    written = bytes(entry.body).decode()

    assert entry.kind == "release.permitted"
    assert entry.facts["fields"] == sorted(release.fields)
    assert entry.facts["policy"].startswith("sha256:")
    for value in ("5000.5", "311.5", LABEL, "running", "ring-workout-1", member.email, str(member.id)):
        assert value not in written


def test_a_score_leaves_without_temperature_contributors_or_the_score_that_knows_the_cycle(
    member, grant
) -> None:
    release = out(grant, save(member, "daily_readiness", READINESS), "export:readiness_score")

    assert {**release.fields, "id": ""} == {
        "id": "",
        "day": "2026-11-20",
        "timestamp": READINESS["timestamp"],
        "score": 82,
    }


def test_a_refusal_is_written_down_too(member, grant) -> None:
    refusal = out(grant, save(member, "workout", {**WORKOUT, "source": "manual"}), "export:workout")

    assert refusal.reason is Reason.SOURCE_NOT_ALLOWED
    assert Entry.objects.get(event_id=refusal.event_id).facts["reason"] == "source_not_allowed"


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (lambda ref: services.withdraw(grant_ref=ref, at=NOON), Reason.GRANT_WITHDRAWN),
        (lambda ref: services.revoke(grant_ref=ref, by="partner", at=NOON), Reason.GRANT_REVOKED),
        (lambda ref: services.turn_off(grant_ref=ref, flow="export:workout", at=NOON), Reason.TOGGLE_OFF),
    ],
)
def test_nothing_leaves_once_the_row_says_so(member, grant, end, reason) -> None:
    saved = save(member, "workout", WORKOUT)
    end(grant.ref)

    assert out(grant, saved, "export:workout").reason is reason


def test_another_members_document_is_not_there(member, grant) -> None:
    noah = Member.objects.create_user("noah@example.org")

    assert out(grant, save(noah, "workout", WORKOUT), "export:workout").reason is Reason.NOTHING_TO_RELEASE


def test_a_preview_shows_what_the_release_carries(member, grant) -> None:
    saved = save(member, "workout", WORKOUT)
    release = out(grant, saved, "export:workout")
    (shown,) = door.preview(member=member, partner="strava", flows=frozenset({"export:workout"}), day=TODAY)

    assert {**shown.previews[0].fields, "id": ""} == {**release.fields, "id": ""}
    assert Entry.objects.filter(kind="release.permitted").count() == 1  # a preview is no disclosure


def test_an_import_is_taken_in_as_agreed_and_nothing_else_of_it(member, grant) -> None:
    body = {key: WORKOUT[key] for key in WORKOUT if key not in {"id", "day"}}
    saved = door.admit_import(
        grant_ref=grant.ref,
        flow="import:workout",
        document=NewDocument("workout", body, "strava", "987"),
        references={"notice": "n1"},
        at=NOON,
    )
    (kept,) = [each for each in door.export_own(member_id=member.id) if each.ref == saved.ref]

    assert kept.origin == "strava"
    agreed = {"activity", "start_datetime", "end_datetime", "distance", "day", "id"}  # the id is ours
    assert {key for key, value in kept.fields.items() if value is not None} == agreed
    assert out(grant, [saved], "export:workout").reason in {
        Reason.SOURCE_NOT_ALLOWED,
        Reason.ORIGIN_NOT_ALLOWED,
    }


def test_an_import_of_another_day_is_refused_and_nothing_is_kept(member, grant) -> None:
    body = {
        **WORKOUT,
        "start_datetime": "2026-11-19T06:00:00-05:00",
        "end_datetime": "2026-11-19T07:00:00-05:00",
    }
    refusal = door.admit_import(
        grant_ref=grant.ref,
        flow="import:workout",
        document=NewDocument("workout", body, "strava", "987"),
        references={},
        at=NOON,
    )

    assert refusal.reason is Reason.NOT_CURRENT_DAY
    assert list(door.export_own(member_id=member.id)) == []


def test_an_import_that_has_not_the_shape_of_its_kind_is_refused_and_nothing_is_kept(member, grant) -> None:
    body = {**WORKOUT, "distance": "far"}
    document = NewDocument("workout", body, "strava", "987")
    refusal = door.admit_import(
        grant_ref=grant.ref, flow="import:workout", document=document, references={}, at=NOON
    )

    assert refusal.reason is Reason.NOTHING_TO_RELEASE
    assert Entry.objects.get(event_id=refusal.event_id).kind == "import.refused"
    assert list(door.export_own(member_id=member.id)) == []


def test_heart_rate_that_crosses_midnight_utc_is_kept_whole_and_forgotten_whole(member, grant) -> None:
    rows = [
        {"timestamp": f"2026-11-20T{clock}+00:00", "timestamp_unix": 1, "bpm": 120, "source": "workout"}
        for clock in ("23:59:00",)
    ] + [{"timestamp": "2026-11-21T00:01:00+00:00", "timestamp_unix": 2, "bpm": 125, "source": "workout"}]
    evening = NOON + timedelta(hours=13)  # 20:00 in New York, still the same local day
    door.admit_import(
        grant_ref=grant.ref,
        flow="import:heart_rate",
        document=NewDocument("heartrate", {"rows": rows}, "strava", "987"),
        references={},
        at=evening,
    )

    assert sum(len(each.fields["rows"]) for each in door.export_own(member_id=member.id)) == 2
    door.forget(member_id=member.id, origin="strava", external_id="987")
    assert list(door.export_own(member_id=member.id)) == []


def test_the_members_own_copy_holds_what_never_leaves(member) -> None:
    save(member, "daily_readiness", READINESS)
    save(member, "workout", WORKOUT)
    save(member, "enhanced_tag", PERIOD_TAG)
    own = {each.kind: each.fields for each in door.export_own(member_id=member.id)}

    assert own["daily_readiness"]["score_with_cycle"] == 64
    assert own["workout"]["label"] == LABEL
    assert own["enhanced_tag"]["comment"] == NOTE


def test_erasing_leaves_no_document(member) -> None:
    save(member, "daily_readiness", READINESS)
    save(member, "enhanced_tag", PERIOD_TAG)
    door.erase(member_id=member.id)

    assert list(door.export_own(member_id=member.id)) == []


def test_womens_health_that_is_recorded_changes_nothing_that_leaves(member, grant, notice) -> None:
    """Two members, alike but for what is private: the same answers, the same previews, the same references (SR-5.3)."""
    twin = Member.objects.create_user("twin@example.org", region=member.region, timezone=member.timezone)
    flows = frozenset({"export:workout", "export:readiness_score"})
    twins = services.allow(
        member=twin, partner="strava", flows=flows, notice=notice, at=NOON - timedelta(hours=1)
    ).grant
    seen = []
    for each, live, private in ((member, grant, True), (twin, twins, False)):
        readiness = READINESS if private else {**READINESS, "score_with_cycle": None}
        workout = WORKOUT if private else {**WORKOUT, "label": None}
        saved = [*save(each, "daily_readiness", readiness), *save(each, "workout", workout)]
        announced = save(each, "enhanced_tag", PERIOD_TAG) if private else []
        releases = [out(live, saved[:1], "export:readiness_score"), out(live, saved[1:], "export:workout")]
        shown = door.preview(member=each, partner="strava", flows=flows, day=TODAY)
        seen.append(
            (
                announced,
                [{**release.fields, "id": ""} for release in releases],
                [[{**one.fields, "id": ""} for one in line.previews] for line in shown],
                [(one.kind, one.day) for one in saved],
            )
        )

    assert seen[0] == seen[1]
    assert seen[0][0] == []  # the period tag announced nothing


def test_a_member_without_a_key_cannot_be_read(member) -> None:
    key = keys.key_of(member.id)
    save(member, "workout", WORKOUT)
    member.key.delete()

    assert keys.owner_reference(keys.key_of(member.id)) != keys.owner_reference(key)
    assert list(door.export_own(member_id=member.id)) == []
    with pytest.raises(keys.MemberErased):
        keys.key_of(UUID(int=7))
