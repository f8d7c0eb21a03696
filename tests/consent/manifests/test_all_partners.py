"""What each partner may carry, compared word for word with the design's table and the table of flows."""

from datetime import UTC, datetime, timedelta

import pytest

from consent.gate.decide import decide
from consent.gate.policy import Policy
from consent.gate.shapes import MemberFacts, Reason, Request, Snapshot
from consent.grants.facts import GrantFacts
from consent.grants.lifecycle import Status
from consent.manifests.shapes import Channel, Direction, Granularity, Manifest, Purpose, SourceIn
from consent.manifests.validation import problems_of
from records.vocabulary.data_types import DATA_TYPES, WOMENS_HEALTH
from records.vocabulary.registry import KINDS
from tests.consent.manifests.partners import ALL, OWN_PROGRAM, THIRTEEN
from tests.consent.manifests.tables import API_FIELDS, CEILING, DECLARED, MAY_CARRY

pytestmark = pytest.mark.once
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
EVERY = [pytest.param(manifest, id=slug) for slug, manifest in ALL.items()]


def carried(manifest: Manifest, direction: Direction) -> set[str]:
    return {flow.data_type for flow in manifest.flows if flow.direction is direction}


def test_the_thirteen_have_the_slugs_that_others_rely_on():
    assert [manifest.slug for manifest in THIRTEEN] == [
        "strava", "apple-health", "health-connect", "natural-cycles", "stelo", "alexa", "corepower-yoga",
        "the-sculpt-society", "technogym", "headspace", "open", "clue", "flo",
    ]  # fmt: skip


@pytest.mark.parametrize("manifest", EVERY)
def test_a_manifest_loads(manifest):
    assert problems_of(manifest) == []


@pytest.mark.parametrize("slug", list(MAY_CARRY))
def test_a_partner_carries_exactly_what_the_design_lets_it(slug):
    out, in_ = MAY_CARRY[slug]
    assert carried(ALL[slug], Direction.EXPORT) == set(out.split())
    assert carried(ALL[slug], Direction.IMPORT) == set(in_.split())


def test_the_gate_permits_what_the_table_has_and_nothing_else_even_with_every_switch_on():
    policy = Policy.of(ALL.values())
    on = {f"{way}:{key}": None for way in Direction for key in DATA_TYPES}
    grant = GrantFacts(
        status=Status.ACTIVE,
        granted_at=NOON - timedelta(days=1),
        expires_at=NOON + timedelta(days=1),
        history_from=None,
        on=on,
    )
    table = {**MAY_CARRY, "own-program": (CEILING, "")}
    for slug in ALL:
        for direction, listed in zip((Direction.EXPORT, Direction.IMPORT), table[slug], strict=True):
            for key in DATA_TYPES:
                answer = decide(
                    Request(slug, direction, key, NOON), Snapshot(MemberFacts(region="US"), grant), policy
                )
                assert answer.permit is (key in listed.split()), (slug, direction, key, answer.reason)
                assert (answer.reason is Reason.WOMENS_HEALTH) is (key in WOMENS_HEALTH)


@pytest.mark.parametrize("slug", list(DECLARED))
def test_a_flow_declares_the_fields_of_the_table_and_no_other(slug):
    assert {flow.key: flow.field_set for flow in ALL[slug].flows} == DECLARED[slug]


@pytest.mark.parametrize(
    ("slug", "channels"),
    [
        ("strava", {Channel.PUSH}),
        ("stelo", {Channel.PUSH}),
        ("apple-health", {Channel.DEVICE}),
        ("health-connect", {Channel.DEVICE}),
        ("alexa", {Channel.VOICE}),
        ("headspace", set()),
        ("clue", set()),
        ("flo", set()),
        *((slug, {Channel.API}) for slug in (
            "natural-cycles", "corepower-yoga", "the-sculpt-society", "technogym", "open", "own-program",
        )),
    ],
)  # fmt: skip
def test_a_partner_has_one_channel(slug, channels):
    assert {flow.channel for flow in ALL[slug].flows} == channels


def test_heart_rate_goes_out_once_a_minute_to_the_phones_and_as_the_newest_alone_to_alexa():
    thinned = {
        (slug, flow.key): flow.granularity
        for slug, manifest in ALL.items()
        for flow in manifest.flows
        if flow.granularity is not Granularity.AS_RECORDED
    }
    assert thinned == {
        ("apple-health", "export:heart_rate"): Granularity.ONE_A_MINUTE,
        ("health-connect", "export:heart_rate"): Granularity.ONE_A_MINUTE,
        ("alexa", "export:heart_rate"): Granularity.NEWEST,
        ("alexa", "export:wellness_briefing"): Granularity.NEWEST,
    }


def test_strava_alone_asks_how_a_workout_was_recorded():
    asking = {
        (slug, flow.key)
        for slug, manifest in ALL.items()
        for flow in manifest.flows
        if any(isinstance(condition, SourceIn) for condition in flow.when)
    }
    assert asking == {("strava", "export:workout")}


def test_stelo_serves_the_united_states_and_the_others_everyone():
    assert {slug: manifest.regions for slug, manifest in ALL.items() if manifest.regions is not None} == {
        "stelo": frozenset({"US"})
    }


def test_what_came_in_from_strava_or_stelo_stays():
    assert {slug for slug, manifest in ALL.items() if manifest.imports_stay} == {"strava", "stelo"}


def test_natural_cycles_and_alexa_begin_on_the_partners_side():
    assert {slug for slug, manifest in ALL.items() if manifest.starts_at_partner} == {
        "natural-cycles",
        "alexa",
    }


def test_temperature_goes_to_natural_cycles_alone_and_as_one_number():
    with_temperature = {
        (slug, field)
        for slug, manifest in ALL.items()
        for flow in manifest.flows
        for field in flow.field_set
        if "temperature" in field
    }
    assert with_temperature == {("natural-cycles", "daily_readiness.temperature_trend_deviation")}


def test_no_field_of_any_flow_is_womens_health_or_free_text_or_a_readiness_part():
    for slug, manifest in ALL.items():
        for flow in manifest.flows:
            for kind, paths in flow.fields.items():
                for path in paths:
                    leaf = KINDS[kind].by_path[path]
                    assert not leaf.sensitivity.private, (slug, flow.key, kind, path)
                    assert leaf.data_type not in {None, "readiness_detail"}, (slug, flow.key, kind, path)


def test_no_purpose_is_advertising_or_sale():
    words = " ".join(Purpose).lower()
    assert not any(word in words for word in ("advert", "market", "sale", "sell", "broker"))


def test_the_members_own_program_reads_every_field_that_the_api_has_of_each_type_of_the_ceiling():
    assert {flow.data_type: flow.field_set for flow in OWN_PROGRAM.flows} == API_FIELDS
    assert set(API_FIELDS) == set(CEILING.split())
    assert not OWN_PROGRAM.listed
    assert all(manifest.listed for manifest in THIRTEEN)


@pytest.mark.parametrize("slug", ["headspace", "clue", "flo"])
def test_a_partner_without_a_connection_says_so(slug):
    assert ALL[slug].no_connection
    assert ALL[slug].flows == ()


def test_clue_and_flo_say_where_it_is_decided_and_that_we_send_no_cycle_data():
    for slug in ("clue", "flo"):
        assert "no direct connection" in ALL[slug].no_connection
        assert "Apple Health or Health Connect" in ALL[slug].no_connection
        assert "no cycle data" in ALL[slug].no_connection


def test_headspace_says_that_nothing_leaves_and_that_its_link_is_the_same_for_everyone():
    headspace = ALL["headspace"]
    assert "Nothing leaves" in headspace.no_connection
    assert "same for everyone" in headspace.no_connection
    assert headspace.content_url == "https://www.headspace.com/"  # no query, no fragment: it says nothing
