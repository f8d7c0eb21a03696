"""The compiled table says what the readable rules say, over the whole small space and over drawn requests."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.gate import snapshots
from consent.gate.decide import decide, decide_each, decide_loaded, load
from consent.gate.policy import Policy
from consent.gate.rules import by_the_rules
from consent.gate.shapes import Datum, Decision, MemberFacts, Reason, Request, Snapshot
from consent.grants.facts import GrantFacts
from consent.grants.lifecycle import Status
from consent.manifests.register import manifests
from consent.manifests.shapes import Channel, Direction
from records.vocabulary.data_types import DATA_TYPES
from records.vocabulary.registry import KINDS

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
POLICY = Policy.of(manifests())
FLOWS = sorted({flow.key for manifest in manifests() for flow in manifest.flows})
FIELDS = sorted({path for manifest in manifests() for flow in manifest.flows for path in flow.field_set})
PARTNERS = [*POLICY.manifests, "nobody"]


def as_the_rules_say(ask: Request, snapshot: Snapshot, policy: Policy = POLICY) -> Decision:
    try:
        return by_the_rules(ask, snapshot, policy)
    except Exception:
        return Decision(False, Reason.ERROR, policy.digest)


def a_grant(**changes) -> GrantFacts:
    facts = GrantFacts(
        status=Status.ACTIVE,
        granted_at=NOON - timedelta(days=1),
        expires_at=NOON + timedelta(days=1),
        history_from=date(2026, 11, 19),
        on=dict.fromkeys(FLOWS),
    )
    return replace(facts, **changes)


def test_the_table_says_what_the_rules_say_in_every_situation_of_every_flow() -> None:
    grants = [
        None,
        a_grant(),
        *(a_grant(status=status) for status in Status),
        a_grant(expires_at=NOON),
        a_grant(granted_at=NOON + timedelta(seconds=1)),
        a_grant(noticed=frozenset()),
        a_grant(partner_changed=True),
        a_grant(noticed=frozenset(), partner_changed=True, on={}),
        a_grant(on={}),
        a_grant(device_off=frozenset(FLOWS)),
    ]
    members = [MemberFacts(), MemberFacts(region="FI"), MemberFacts(membership="lapsed")]
    members.append(MemberFacts(membership="lapsed", ring_generation=2))
    asked = list(product(PARTNERS, Direction, [*DATA_TYPES, "aura"], [None, *Channel]))
    seen = set()
    for grant, member, status in product(grants, members, ["active", "suspended"]):
        snapshot = Snapshot(member, grant, status)
        for partner, direction, data_type, channel in asked[:: 1 if status == "active" else 7]:
            ask = Request(partner, direction, data_type, NOON, channel)
            answer = decide(ask, snapshot, POLICY)
            assert answer == as_the_rules_say(ask, snapshot), ask
            seen.add(answer.reason)
    of_documents = {
        Reason.SOURCE_NOT_ALLOWED, Reason.NOT_CURRENT_DAY, Reason.BEFORE_CONSENT, Reason.ORIGIN_NOT_ALLOWED,
        Reason.WOMENS_HEALTH_ENTRY, Reason.NOTHING_TO_RELEASE, Reason.ERROR,
    }  # fmt: skip
    regional = set() if any(each.regions for each in manifests()) else {Reason.REGION_NOT_SERVED}
    assert seen >= set(Reason) - of_documents - regional - {Reason.MEMBERSHIP_LAPSED}


moments = st.sampled_from(
    [
        "2026-11-20T11:00:00+00:00",
        "2026-11-20T11:00:30+00:00",
        "2026-11-18T01:00:00-05:00",
        "2026-11-20",
        "soon",
        None,
    ]
)
leaves = (
    st.none()
    | st.booleans()
    | st.integers(0, 200)
    | moments
    | st.sampled_from(
        ["workout_heart_rate", "tag_generic_coffee", "tag_generic_alcohol", "tag_generic_period"]
    )
    | st.lists(st.integers() | st.dictionaries(st.just("x"), st.integers()), max_size=2)
    | st.fixed_dictionaries(
        {"interval": st.integers(), "items": st.lists(st.integers()), "timestamp": moments}
    )
    | st.dictionaries(st.sampled_from(["items", "secret"]), st.integers(), max_size=2)
)


@st.composite
def documents(draw: st.DrawFn) -> Datum:
    """A document of any kind: most of its fields in their place, some of other shapes, and some that nobody knows."""
    kind = KINDS[draw(st.sampled_from(sorted(KINDS)))]
    rows = draw(st.integers(0, 4)) if kind.series and draw(st.booleans()) else None
    bodies = []
    for _ in range(1 if rows is None else rows):
        body: dict = {"secret": 1}
        for leaf in kind.fields:
            if draw(st.integers(0, 3)):
                place(body, leaf.path.split("."), draw(leaves))
        if draw(st.booleans()):
            body |= {kind.day or "day": draw(st.sampled_from(["2026-11-20", "2026-11-20T11:00:00+00:00"]))}
        bodies.append(body)
    fields = bodies[0] if rows is None else {"rows": bodies}
    return Datum(kind.name, fields, draw(st.sampled_from(["ring", "strava", "stelo"])))


def place(body: dict, path: list[str], value) -> None:
    name = path[0].removesuffix("[]")
    if len(path) == 1:
        body[name] = value
    elif path[0].endswith("[]"):
        items = body.setdefault(name, [{}, {}])
        if isinstance(items, list):
            place(items[0], path[1:], value)
    elif isinstance(inner := body.setdefault(name, {}), dict):
        place(inner, path[1:], value)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Request, Snapshot]:
    """A request that often names a declared flow and one of its documents, and a grant that often covers it."""
    partner = draw(st.sampled_from(PARTNERS))
    manifest = POLICY.manifests.get(partner)
    key = draw(
        st.sampled_from([flow.key for flow in manifest.flows] if manifest and manifest.flows else FLOWS)
    )
    direction, _, data_type = key.partition(":")
    datum = draw(st.none() | documents())
    on = draw(st.dictionaries(st.sampled_from(FLOWS), shown, max_size=8)) | (
        {key: draw(shown)} if draw(chance) else {}
    )
    grant = a_grant(
        status=draw(st.sampled_from([Status.ACTIVE, *Status])),
        history_from=draw(st.sampled_from([None, date(2026, 11, 19), date(2026, 11, 21)])),
        on=on,
        noticed=draw(st.none() | st.frozensets(st.sampled_from(FLOWS))),
    )
    zone = draw(st.sampled_from(["UTC", "America/New_York", "Nowhere/At_All"]))
    ask = Request(
        partner, Direction(direction), data_type, NOON, draw(st.none() | st.sampled_from(Channel)), datum
    )
    return ask, Snapshot(MemberFacts(timezone=zone), grant if draw(chance) else None)


chance = st.integers(0, 9).map(bool)
shown = st.none() | st.frozensets(st.sampled_from(FIELDS), max_size=20)


@settings(max_examples=600, deadline=None)
@given(situations())
def test_the_table_says_what_the_rules_say_of_any_document(situation) -> None:
    ask, snapshot = situation

    answer = decide(ask, snapshot, POLICY)

    assert answer == as_the_rules_say(ask, snapshot)
    if ask.datum is not None:
        alone = replace(ask, datum=None)
        assert (
            decide_each(alone, [ask.datum] * 2, load(ask.partner, snapshot, POLICY), POLICY) == [answer] * 2
        )


@settings(max_examples=300, deadline=None)
@given(situations())
def test_every_drawn_decision_comes_out_the_same_under_the_policy_read_back_from_its_document(
    situation,
) -> None:
    ask, snapshot = situation
    read = Policy.read(POLICY.document())

    assert read.digest == POLICY.digest
    assert decide(ask, snapshot, read) == decide(ask, snapshot, POLICY)


def test_a_loaded_snapshot_answers_for_its_partner_alone() -> None:
    strava = load("strava", Snapshot(MemberFacts(), a_grant()), POLICY)

    assert decide_loaded(Request("strava", Direction.EXPORT, "workout", NOON), strava, POLICY).permit
    assert not decide_loaded(Request("nobody", Direction.EXPORT, "workout", NOON), strava, POLICY).permit


def test_refusals_are_constants_and_a_permit_says_which_fields_it_covers() -> None:
    ask = Request("strava", Direction.EXPORT, "workout", NOON)
    off = Snapshot(MemberFacts(), a_grant(on={}))
    some = Snapshot(MemberFacts(), a_grant(on={"export:workout": frozenset({"workout.activity"})}))

    assert decide(ask, off, POLICY) is decide(ask, replace(off), POLICY)
    assert decide(ask, some, POLICY).mask == 1  # the first of the flow's fields, sorted
    assert decide(ask, off, POLICY).mask == 0


def test_a_status_that_nobody_knows_is_a_no() -> None:
    broken = a_grant(status="dormant")  # SR-5.1

    assert not decide(
        Request("strava", Direction.EXPORT, "workout", NOON), Snapshot(MemberFacts(), broken), POLICY
    ).permit


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ({}, False),
        ({"legal_entity": "Someone Else, Inc."}, True),
        ({"country": "Elsewhere"}, True),
        ({"retention": "Forever."}, True),
        ({"onward_recipients": ["An advertiser"]}, True),
        ({"heading": "Other words?"}, False),
        ({"flows": []}, False),
    ],
)
def test_a_partner_that_is_no_longer_who_it_was_pauses_the_grant(said, changed) -> None:
    from consent.grants import notices
    from integrations.strava.manifest import MANIFEST

    agreed = {**notices.document(MANIFEST, locale="en"), **said}

    assert snapshots.has_changed(agreed, MANIFEST) is changed


def test_a_flow_that_is_now_for_something_else_pauses_the_grant() -> None:
    from consent.grants import notices
    from integrations.strava.manifest import MANIFEST

    agreed = notices.document(MANIFEST, locale="en")
    agreed["flows"][0]["purpose"] = "coaching"

    assert snapshots.has_changed(agreed, MANIFEST)
