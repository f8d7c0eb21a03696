"""The gate decides by rules in order; the first that objects names the reason. Silence, and every surprise, is a no."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.gate.decide import decide
from consent.gate.policy import Policy
from consent.gate.reasons import WORDS
from consent.gate.shapes import Datum, MemberFacts, Reason, Request, Snapshot
from consent.grants.facts import GrantFacts
from consent.grants.lifecycle import Status
from consent.manifests.register import ManifestRefused, register
from consent.manifests.shapes import Channel, Direction, Flow
from integrations.strava.manifest import MANIFEST
from records.vocabulary.data_types import DATA_TYPES
from records.vocabulary.registry import KINDS, WOMENS_HEALTH

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
POLICY = Policy.of([MANIFEST])
WORKOUT = {
    "id": "w1",
    "day": "2026-11-20",
    "activity": "running",
    "start_datetime": "2026-11-20T08:00:00+00:00",
    "end_datetime": "2026-11-20T08:30:00+00:00",
    "intensity": "hard",
    "source": "workout_heart_rate",
    "calories": 300.0,
    "distance": 5000.0,
    "label": "prenatal class",
    "heart_rate": {"interval": 5, "items": [120, None, 130], "timestamp": "2026-11-20T08:00:00.000+00:00"},
    "temperature_deviation": 0.7,
}
ALL_ON = {flow.key: flow.field_set for flow in MANIFEST.flows}


def a_grant(**changes) -> GrantFacts:
    facts = GrantFacts(
        status=Status.ACTIVE,
        granted_at=NOON - timedelta(days=1),
        expires_at=NOON + timedelta(days=1),
        history_from=date(2026, 11, 19),
        on=ALL_ON,
    )
    return replace(facts, **changes)


def asked(
    data_type: str = "workout", direction=Direction.EXPORT, *, partner: str = "strava", at=NOON, **datum
) -> Request:
    about = Datum(datum.get("kind", "workout"), datum.get("fields", WORKOUT), datum.get("origin", "ring"))
    return Request(
        partner, direction, data_type, at, datum.get("channel"), None if datum.get("alone") else about
    )


def reason(ask: Request, grant: GrantFacts | None = None, **snapshot) -> Reason:
    return decide(ask, Snapshot(MemberFacts(), grant, **snapshot), POLICY).reason


def test_a_workout_leaves_with_the_declared_fields_and_its_envelope_and_nothing_else() -> None:
    decision = decide(asked(), Snapshot(MemberFacts(), a_grant()), POLICY)

    assert decision.permit
    assert decision.policy == POLICY.digest
    assert decision.fields == {
        key: WORKOUT[key]
        for key in ("id", "day", "activity", "start_datetime", "end_datetime", "distance", "heart_rate")
    }


@pytest.mark.parametrize(
    ("ask", "grant", "expected"),
    [
        (asked("period"), a_grant(), Reason.WOMENS_HEALTH),
        (asked(kind="period"), a_grant(), Reason.WOMENS_HEALTH),
        (asked("aura"), a_grant(), Reason.UNKNOWN_DATA_TYPE),
        (asked(partner="nobody"), a_grant(), Reason.UNKNOWN_PARTNER),
        (asked("sleep"), a_grant(), Reason.FLOW_NOT_DECLARED),
        (asked("temperature_trend"), a_grant(), Reason.FLOW_NOT_DECLARED),
        (asked(channel=Channel.API), a_grant(), Reason.FLOW_NOT_DECLARED),
        (asked(), None, Reason.NO_GRANT),
        (asked(), a_grant(granted_at=NOON + timedelta(seconds=1)), Reason.NO_GRANT),
        (asked(), a_grant(status=Status.WITHDRAWN), Reason.GRANT_WITHDRAWN),
        (asked(), a_grant(status=Status.REVOKED), Reason.GRANT_REVOKED),
        (asked(), a_grant(status=Status.EXPIRED), Reason.GRANT_EXPIRED),
        (asked(), a_grant(expires_at=NOON), Reason.GRANT_EXPIRED),
        (asked(), a_grant(noticed=frozenset({"export:sticker"})), Reason.NOTICE_OUTDATED),
        (asked(), a_grant(partner_changed=True), Reason.PARTNER_CHANGED),
        (asked(), a_grant(on={}), Reason.TOGGLE_OFF),
        (asked(direction=Direction.IMPORT), a_grant(on={"export:workout": None}), Reason.TOGGLE_OFF),
        (asked(), a_grant(device_off=frozenset({"export:workout"})), Reason.DEVICE_PERMISSION_OFF),
        (asked(fields={**WORKOUT, "source": "manual"}), a_grant(), Reason.SOURCE_NOT_ALLOWED),
        (
            asked(fields={key: WORKOUT[key] for key in WORKOUT if key != "source"}),
            a_grant(),
            Reason.SOURCE_NOT_ALLOWED,
        ),
        (asked(direction=Direction.IMPORT, at=NOON + timedelta(hours=12)), a_grant(), Reason.NOT_CURRENT_DAY),
        (asked(), a_grant(history_from=date(2026, 11, 21)), Reason.BEFORE_CONSENT),
        (asked(fields={**WORKOUT, "day": "soon"}), a_grant(), Reason.BEFORE_CONSENT),
        (asked(origin="strava"), a_grant(), Reason.ORIGIN_NOT_ALLOWED),
        (
            asked(kind="sleep", fields={"id": "s", "source": "workout_heart_rate", "day": "2026-11-20"}),
            a_grant(),
            Reason.NOTHING_TO_RELEASE,
        ),
        (
            asked(fields={"id": "w", "day": "2026-11-20", "source": "workout_heart_rate"}),
            a_grant(),
            Reason.NOTHING_TO_RELEASE,
        ),
    ],
    ids=lambda value: value.value if isinstance(value, Reason) else None,
)
def test_the_first_rule_that_objects_names_the_reason(ask, grant, expected) -> None:
    assert reason(ask, grant) is expected


def test_a_suspended_partner_gets_nothing() -> None:
    assert reason(asked(), a_grant(), partner_status="suspended") is Reason.PARTNER_SUSPENDED


def test_what_breaks_while_deciding_is_a_no() -> None:
    broken = Snapshot(MemberFacts(timezone="Nowhere/At_All"), a_grant())  # SR-5.1: any exception denies

    decision = decide(asked(), broken, POLICY)

    assert (decision.permit, decision.reason, decision.fields) == (False, Reason.ERROR, None)


def test_a_yes_covers_the_fields_that_were_shown_and_no_more() -> None:
    shown = frozenset({"workout.activity", "workout.start_datetime"})

    decision = decide(asked(), Snapshot(MemberFacts(), a_grant(on={"export:workout": shown})), POLICY)

    assert set(decision.fields or ()) == {"id", "day", "activity", "start_datetime"}


def test_a_part_that_has_a_switch_of_its_own_goes_into_a_sticker_only_while_that_is_on() -> None:
    readiness = {"id": "r", "day": "2026-11-20", "score": 82}
    ask = asked("sticker", kind="daily_readiness", fields=readiness)
    only_sticker = {"export:sticker": None}

    assert reason(ask, a_grant(on=only_sticker)) is Reason.NOTHING_TO_RELEASE
    assert reason(ask, a_grant(on={**only_sticker, "export:readiness_score": None})) is Reason.PERMITTED


def test_every_reason_has_a_sentence_for_member_partner_and_auditor() -> None:
    for each in Reason:
        words = WORDS[each]
        assert words.member.endswith(".")
        assert words.partner.endswith(".")
        assert words.auditor.endswith(".")


def test_a_partner_reads_the_same_words_for_womens_health_and_for_no_such_type() -> None:
    assert WORDS[Reason.WOMENS_HEALTH].partner == WORDS[Reason.UNKNOWN_DATA_TYPE].partner  # SR-5.4


leaves = (
    st.none()
    | st.integers(0, 200)
    | st.text(max_size=5)
    | st.dictionaries(st.text(max_size=5), st.integers(), max_size=2)
)
documents = st.builds(
    lambda kind, extra: Datum(
        kind, {**{path.split(".")[0]: value for path, value in extra.items()}, "day": "2026-11-20"}
    ),
    st.sampled_from(sorted(KINDS)),
    st.dictionaries(
        st.sampled_from(sorted({p for k in KINDS.values() for p in k.by_path})), leaves, max_size=12
    ),
)
requests = st.builds(
    Request,
    st.sampled_from(["strava", "nobody"]),
    st.sampled_from(Direction),
    st.sampled_from([*DATA_TYPES, "aura"]),
    st.just(NOON),
    st.none() | st.sampled_from(Channel),
    st.none() | documents,
)
grants = st.none() | st.builds(
    a_grant,
    status=st.sampled_from(Status),
    expires_at=st.sampled_from([NOON, NOON + timedelta(days=1)]),
    on=st.dictionaries(
        st.sampled_from([*ALL_ON, "export:period"]), st.none() | st.just(frozenset({"workout.activity"}))
    ),
)


@given(requests, grants)
def test_no_request_ever_gets_more_than_a_live_toggled_declared_flow_of_neutral_fields(ask, grant) -> None:
    decision = decide(ask, Snapshot(MemberFacts(), grant), POLICY)

    if not decision.permit:
        assert decision.fields is None
        return
    flow = MANIFEST.flow(ask.flow)
    assert flow is not None
    assert grant is not None
    assert grant.status is Status.ACTIVE
    assert ask.flow in grant.on
    assert ask.data_type not in WOMENS_HEALTH
    if ask.datum is not None:
        kind = KINDS[ask.datum.kind]
        declared = {path.split(".")[0] for path in flow.fields[ask.datum.kind]} | {"rows"}
        assert set(decision.fields or ()) <= declared | set(kind.envelope)


@given(requests, grants, st.sampled_from(sorted(ALL_ON)))
def test_taking_a_permission_away_never_creates_a_permit(ask, grant, taken) -> None:
    before = decide(ask, Snapshot(MemberFacts(), grant), POLICY)
    less = (
        replace(grant, on={key: fields for key, fields in grant.on.items() if key != taken})
        if grant
        else None
    )
    after = decide(ask, Snapshot(MemberFacts(), less), POLICY)

    assert before.permit or not after.permit


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"data_type": "period", "fields": {"period": ("flow",)}}, "women's health"),
        ({"data_type": "aura"}, "no such data type"),
        ({"fields": {"workout": ("label",)}}, "free text"),
        ({"fields": {"daily_readiness": ("temperature_deviation",)}}, "belongs to temperature_trend"),
        ({"fields": {"daily_readiness": ("score_with_cycle",)}}, "women's health"),
        ({"fields": {"workout": ("mood",)}}, "no field of the vocabulary"),
        ({"fields": {}}, "names no field"),
        ({"purpose": "advertising"}, "advertising"),
    ],
)
def test_a_manifest_that_asks_for_what_nobody_may_have_does_not_load(changes, says) -> None:
    flow: Flow = replace(MANIFEST.flows[0], **changes)

    with pytest.raises(ManifestRefused, match=says):
        register(replace(MANIFEST, slug="too-curious", flows=(flow,)))
