"""No scope string, whatever a program sends, ever opens women's health or the temperature (P3, SR-2.5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.manifests.ceilings import SELF_SERVICE, served
from consent.manifests.register import manifests
from consent.manifests.shapes import Manifest
from integrations.oauth import demo
from integrations.oauth.scopes import KNOWN, OPENED_BY, SCOPES, TEMPERATURE, asked_for, flows_of, within
from records.vocabulary.data_types import DATA_TYPES, WOMENS_HEALTH
from records.vocabulary.registry import KINDS

pytestmark = pytest.mark.once
SAHHA = demo.manifest(demo.PROGRAMS[0])
EVERYONE: list[Manifest] = [SAHHA, *manifests()]
SPELLED = st.sampled_from([*KNOWN, "spo2Daily", *DATA_TYPES, "cycle", "activity", "openid", "*"]) | st.text(
    max_size=12
)
STRINGS = st.lists(SPELLED, max_size=12).map(" ".join)


@given(told=STRINGS, approved=st.lists(SPELLED, max_size=12), manifest=st.sampled_from(EVERYONE))
def test_no_scope_string_opens_womens_health_or_temperature(told, approved, manifest):
    opened = {flow.partition(":")[2] for flow in flows_of(asked_for(told, approved=approved), manifest)}
    opened |= {flow.partition(":")[2] for flow in flows_of(told.split(), manifest)}

    assert (
        not opened & WOMENS_HEALTH.keys()
        if hasattr(WOMENS_HEALTH, "keys")
        else not opened & set(WOMENS_HEALTH)
    )
    assert "readiness_detail" not in opened
    assert "temperature_trend" not in opened or manifest.slug == "natural-cycles"
    assert opened <= {flow.data_type for flow in manifest.flows}


@given(told=STRINGS, approved=st.lists(SPELLED, max_size=12))
def test_what_is_granted_was_asked_for_and_approved(told, approved):
    granted = asked_for(told, approved=approved)
    assert within(granted, approved)
    assert len(set(granted)) == len(granted)
    if told.split():
        assert set(granted) <= set(told.split())


def test_the_scopes_together_open_the_ceiling_of_self_service_and_nothing_else():
    opened = {flow.partition(":")[2] for flows in SCOPES.values() for flow in flows}
    assert opened == set(SELF_SERVICE)
    assert TEMPERATURE not in SCOPES


def test_both_names_of_one_scope_are_one_and_an_unknown_one_is_ignored():
    assert asked_for("spo2Daily activity daily", approved=["spo2", "daily"]) == ("spo2Daily", "daily")
    assert within(["spo2Daily"], ["spo2"])
    assert asked_for("tag User", approved=["tag"]) == ("tag",)  # one description spells it so
    assert asked_for("", approved=["daily", "spo2"]) == ("daily", "spo2")


def test_every_collection_of_the_api_is_opened_by_scopes_that_exist():
    assert {scope for scopes in OPENED_BY.values() for scope in scopes} <= set(SCOPES)
    assert set(OPENED_BY) <= {name for name, kind in KINDS.items() if not kind.own}


def test_a_scope_that_opens_a_collection_leads_to_every_type_in_it():
    """So a type that is switched on shows in every collection that the token opens (field classification)."""
    for collection, scopes in OPENED_BY.items():
        inside = {f"export:{data_type}" for data_type in SELF_SERVICE if collection in served(data_type)}
        for scope in scopes:
            assert inside <= SCOPES[scope], (scope, collection)
