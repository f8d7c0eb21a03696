"""What no manifest may say. A manifest that says it is in nobody's register, and `manage.py check` tells why."""

from dataclasses import replace
from typing import cast

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

import tests.consent.manifests
from consent.manifests import register
from consent.manifests.ceilings import KEPT_FOR, KEPT_TO
from consent.manifests.shapes import Channel, Direction, Flow, Granularity, Manifest, Purpose
from consent.manifests.validation import problems_of
from integrations.connectors.apps import PartnerApp
from records.vocabulary.data_types import DATA_TYPES, WOMENS_HEALTH
from records.vocabulary.registry import KINDS, kinds_with
from tests.consent.manifests.partners import ALL, OWN_PROGRAM, manifest_in

pytestmark = pytest.mark.once
CURIOUS = replace(ALL["technogym"], slug="too-curious", name="Too Curious")
# What stands in the folder of a partner app that asks for too much.
MANIFEST = replace(CURIOUS, flows=(replace(CURIOUS.flows[0], purpose=cast(Purpose, "advertising")),))


class TooCurious(PartnerApp):
    name = "tests.consent.manifests"
    label = "too_curious"
    manifest = f"{__name__}.MANIFEST"


@pytest.fixture
def an_empty_register(monkeypatch):
    """Startup, before any partner: what the tests add here is gone afterwards."""
    monkeypatch.setattr(register, "_manifests", {})
    monkeypatch.setattr(register, "_refused", {})


def a_flow(**changes) -> Flow:
    return replace(CURIOUS.flows[0], **changes)


def whole_type(data_type: str, direction: Direction) -> Flow:
    """A flow for everything that the vocabulary has of a type."""
    fields = {
        kind: tuple(leaf.path for leaf in KINDS[kind].fields if leaf.data_type == data_type)
        for kind in kinds_with(data_type)
    }
    return a_flow(data_type=data_type, direction=direction, fields=fields)


def says(manifest: Manifest) -> str:
    return " ".join(problems_of(manifest))


@pytest.mark.parametrize("slug", list(ALL))
@pytest.mark.parametrize("data_type", sorted(WOMENS_HEALTH))
def test_womens_health_loads_for_nobody_in_neither_direction(slug, data_type):
    for direction in Direction:
        for channel in Channel:
            flow = replace(whole_type(data_type, direction), channel=channel)
            manifest = replace(ALL[slug], flows=(*ALL[slug].flows, flow))
            assert "women's health is in no flow" in says(manifest), (slug, flow.key)


@pytest.mark.parametrize("slug", [*ALL, "a-self-service-partner"])
@pytest.mark.parametrize("data_type", ["temperature_trend", "readiness_detail"])
def test_temperature_is_kept_for_natural_cycles_and_the_parts_of_readiness_for_nobody(slug, data_type):
    like = ALL.get(slug, CURIOUS)
    for direction in Direction:
        manifest = replace(like, slug=slug, no_connection="", flows=(whole_type(data_type, direction),))
        allowed = (slug, data_type, direction) == ("natural-cycles", "temperature_trend", Direction.EXPORT)
        assert (problems_of(manifest) == []) is allowed, (slug, direction, problems_of(manifest))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"data_type": "aura"}, "no such data type"),
        ({"fields": {"workout": ("label",)}}, "workout.label is free text"),
        ({"fields": {"daily_readiness": ("score", "temperature_deviation")}}, "belongs to temperature_trend"),
        ({"fields": {"daily_readiness": ("contributors.hrv_balance",)}}, "belongs to readiness_detail"),
        ({"fields": {"daily_readiness": ("contributors.body_temperature",)}}, "belongs to temperature_trend"),
        ({"fields": {"daily_readiness": ("score_with_cycle",)}}, "is women's health"),
        ({"fields": {"daily_readiness": ("id",)}}, "belongs to no data type"),
        ({"fields": {"daily_readiness": ("score", "mood")}}, "no field of the vocabulary"),
        ({"fields": {"daily_aura": ("score",)}}, "no field of the vocabulary"),
        ({"fields": {}}, "names no field"),
        ({"fields": {"daily_readiness": ()}}, "names no field"),
        ({"purpose": "advertising"}, "advertising and sale are never one"),
        ({"purpose": "sale"}, "advertising and sale are never one"),
        ({"purpose": ""}, "advertising and sale are never one"),
        ({"channel": "carrier_pigeon"}, "the channel is not one of ours"),
        ({"granularity": Granularity.ONE_A_MINUTE}, "thins out a series and carries none"),
        ({"rides_on": "export:workout"}, "which is not declared"),
        ({"why": ""}, "its switch has no words"),
    ],
)
def test_a_flow_that_asks_for_too_much_or_says_too_little_does_not_load(changes, told):
    assert told in says(replace(CURIOUS, flows=(a_flow(**changes),)))


def test_a_composite_takes_parts_of_its_own_only_and_never_comes_in():
    briefing = {"daily_sleep": ("score",), "daily_activity": ("score",)}
    out = a_flow(data_type="wellness_briefing", fields=briefing)
    assert (
        says(replace(CURIOUS, flows=(out,))).count("belongs to") == 1
    )  # the activity score is no part of it
    in_ = a_flow(
        data_type="wellness_briefing", direction=Direction.IMPORT, fields={"daily_sleep": ("score",)}
    )
    assert "belongs to sleep_score" in says(replace(CURIOUS, flows=(in_,)))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"slug": "Too Curious"}, "small letters"),
        ({"legal_entity": ""}, "legal entity"),
        ({"retention": ""}, "retention"),
        ({"regions": frozenset({"usa"})}, "two letters"),
        ({"regions": frozenset()}, "no region"),
        ({"flows": ()}, "says why there is no connection"),
        ({"no_connection": "There is none."}, "one of the two"),
        ({"flows": (CURIOUS.flows[0], CURIOUS.flows[0])}, "declared twice"),
    ],
)
def test_a_manifest_that_does_not_say_who_and_where_does_not_load(changes, told):
    assert told in says(replace(CURIOUS, **changes))


@pytest.mark.parametrize("slug", sorted(KEPT_TO))
def test_a_partner_kept_to_its_flows_gets_no_other_however_harmless(slug):
    for data_type in sorted(DATA_TYPES):
        for direction in Direction:
            flow = whole_type(data_type, direction)
            if flow.key in KEPT_TO[slug]:
                continue
            manifest = replace(ALL[slug], no_connection="", flows=(*ALL[slug].flows, flow))
            assert f"{flow.key}: {slug} carries" in says(manifest)


def test_the_members_own_program_reads_only_and_under_the_ceiling():
    for data_type in sorted(set(DATA_TYPES) - {flow.data_type for flow in OWN_PROGRAM.flows}):
        added = whole_type(data_type, Direction.EXPORT)
        assert problems_of(replace(OWN_PROGRAM, flows=(*OWN_PROGRAM.flows, added))), data_type
    ours = a_flow(data_type="workout", fields={"workout": ("heart_rate",)})
    assert "workout.heart_rate is not served" in says(replace(OWN_PROGRAM, flows=(ours,)))
    writing = whole_type("workout", Direction.IMPORT)
    assert "only the API, and only out" in says(replace(OWN_PROGRAM, flows=(writing,)))


def test_the_partners_kept_to_their_flows_are_these_five():
    assert {slug: set(keys) for slug, keys in KEPT_TO.items()} == {
        "natural-cycles": {"export:temperature_trend"},
        "stelo": {"import:glucose"},
        "headspace": set(),
        "clue": set(),
        "flo": set(),
    }


def test_what_is_kept_for_a_partner_is_a_data_type_of_the_vocabulary():
    assert set(KEPT_FOR) <= set(DATA_TYPES)


def test_every_purpose_of_ours_loads():
    for purpose in Purpose:
        assert problems_of(replace(CURIOUS, flows=(a_flow(purpose=purpose),))) == []


@pytest.mark.django_db
def test_a_refused_manifest_is_in_nobodys_register_and_the_check_says_why(an_empty_register):
    TooCurious(TooCurious.name, tests.consent.manifests).ready()

    assert register.manifest_of("too-curious") is None
    assert list(register.manifests()) == []
    with pytest.raises(SystemCheckError) as told:
        call_command("check")
    words = str(told.value)
    assert "consent.E001" in words
    assert (
        "The manifest of too-curious does not load: export:readiness_score: the purpose is not one" in words
    )
    assert "HINT: Correct integrations/too_curious/manifest.py" in words


def test_manifests_that_load_leave_nothing_to_say(an_empty_register):
    for manifest in ALL.values():
        assert register.offer(manifest)

    assert [each.slug for each in register.manifests()] == sorted(ALL)
    assert register.refusals() == ()
    call_command("check")


def test_no_partner_takes_the_place_of_another(an_empty_register):
    register.register(ALL["open"])
    register.register(ALL["open"])  # the same one again changes nothing

    with pytest.raises(register.ManifestRefused, match="another partner has this slug"):
        register.register(replace(CURIOUS, slug="open"))

    assert register.manifest_of("open") == manifest_in("open")
