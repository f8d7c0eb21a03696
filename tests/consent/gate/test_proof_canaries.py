"""A document of each kind with a value of its own in every field: what leaves is what the manifest names, exactly."""

import json
from dataclasses import replace

import pytest

from consent.gate.decide import decide
from consent.gate.policy import Policy
from consent.gate.projectors import Projector
from consent.gate.proof import papers, space
from consent.gate.proof.invariants import paths_of
from consent.gate.proof.papers import Asked, Paper
from consent.gate.proof.space import Situation
from consent.gate.proof.specimens import filled
from consent.gate.shapes import Datum, Reason
from consent.manifests.shapes import Granularity
from records.vocabulary.registry import KINDS
from tests.consent.gate.abstraction import value_at
from tests.consent.manifests.partners import ALL

pytestmark = pytest.mark.once
POLICY = Policy.of(ALL.values())
DECLARED = [subject for subject in space.subjects(POLICY) if subject.flow]


def _answer(subject, kind: str):
    ask = papers.request(Asked(paper=Paper(kind)), subject, POLICY)
    facts = space.snapshot(Situation(), subject, space.all_keys(POLICY))
    return ask.datum.fields, decide(ask, facts, POLICY)


def test_a_canary_is_in_every_field_of_every_kind() -> None:
    for kind in KINDS.values():
        body = filled(kind)
        assert all(value_at(body, leaf.path) is not None for leaf in kind.fields)


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("slug", sorted(ALL))
def test_what_leaves_of_a_document_is_exactly_what_the_manifest_names(slug, kind) -> None:
    for subject in (each for each in DECLARED if each.partner == slug):
        flow = subject.flow
        kept, answer = _answer(subject, kind)
        declared = frozenset(flow.fields.get(kind, ()))
        if not declared:
            assert answer.fields is None, subject.key
            continue
        whole = declared | set(KINDS[kind].envelope)
        assert paths_of(answer.fields) == whole, subject.key
        rows = [(answer.fields, kept)]
        if KINDS[kind].series:
            left = {
                Granularity.AS_RECORDED: [0, 1, 2],
                Granularity.ONE_A_MINUTE: [0, 2],
                Granularity.NEWEST: [2],
            }
            due = [kept["rows"][at] for at in left[flow.granularity]]
            rows = list(zip(answer.fields["rows"], due, strict=True))
        for released, row in rows:
            assert all(value_at(released, path) == value_at(row, path) for path in whole)


def test_what_stays_with_a_document_leaves_with_nobody_even_if_a_flow_were_to_name_it() -> None:
    stelo = ALL["stelo"]
    flow = replace(stelo.flows[0], fields={"glucose": ("value", "origin")})
    policy = Policy.of([replace(stelo, flows=(flow,))])
    subject = next(each for each in space.subjects(policy) if each.flow)
    ask = papers.request(Asked(paper=Paper("glucose")), subject, policy)

    answer = decide(ask, space.snapshot(Situation(), subject, frozenset()), policy)

    assert ask.datum.fields["origin"]
    assert set(answer.fields or ()) == {"id", "day", "value"}


@pytest.mark.parametrize("granularity", Granularity)
def test_a_series_read_from_its_stored_body_is_as_thin_as_the_flow_says(granularity) -> None:
    alexa = next(each for each in DECLARED if (each.partner, each.key) == ("alexa", "export:heart_rate"))
    rows = papers.request(Asked(paper=Paper("heartrate")), alexa, POLICY).datum.fields
    projector = Projector(KINDS["heartrate"], {"bpm", "source"}, granularity)

    left = projector.from_json(json.dumps(rows).encode()) or {}

    assert left == projector.readable(rows)
    assert len(left["rows"]) == {"as_recorded": 3, "one_a_minute": 2, "newest": 1}[granularity]


def test_one_code_that_names_womens_health_keeps_back_the_whole_entry() -> None:
    own = next(each for each in DECLARED if (each.partner, each.key) == ("own-program", "export:tag"))
    facts = space.snapshot(Situation(), own, space.all_keys(POLICY))
    ask = papers.request(Asked(paper=Paper("tag")), own, POLICY)
    mixed = Datum("tag", {**ask.datum.fields, "tags": ["tag_generic_caffeine", "tag_generic_pms"]})

    assert decide(ask, facts, POLICY).permit
    assert decide(replace(ask, datum=mixed), facts, POLICY).reason is Reason.WOMENS_HEALTH_ENTRY
