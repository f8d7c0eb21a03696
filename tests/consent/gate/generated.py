"""Generated requests and situations, as real ones are: all partners and types, documents with this and that in them."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from consent.gate.policy import Policy
from consent.gate.proof.specimens import filled
from consent.gate.shapes import Datum, MemberFacts, Request, Snapshot
from consent.grants.facts import GrantFacts
from consent.grants.lifecycle import Status
from consent.manifests.shapes import Channel, Direction, Flow, Manifest
from records.vocabulary.registry import DATA_TYPES, KINDS

ZONES = ("UTC", "America/New_York", "Europe/Helsinki", "Pacific/Auckland")
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
CODES = ("tag_generic_caffeine", "tag_sleep_jet_lag", "tag_generic_pms", "custom", None)
SOURCES = ("workout_heart_rate", "manual", None)


def asked(chance: random.Random, policy: Policy) -> tuple[Request, Snapshot]:
    """Return one request and what was true when it was asked; four in five are about a flow that exists."""
    manifest = chance.choice([each for each in policy.manifests.values() if each.flows])
    flow: Flow | None
    if chance.random() < 0.8:
        declared = chance.choice(manifest.flows)
        direction, data_type, slug, flow = declared.direction, declared.data_type, manifest.slug, declared
    else:
        direction, data_type = chance.choice(list(Direction)), chance.choice([*DATA_TYPES, "aura"])
        slug = chance.choice([*policy.manifests, "nobody"])
        found = policy.manifests.get(slug)
        flow = found.flow(f"{direction}:{data_type}") if found else None
    at = AT + timedelta(hours=chance.randrange(-30, 31))
    channel = chance.choice(
        [None, None, None, flow.channel if flow else Channel.API, chance.choice(list(Channel))]
    )
    ask = Request(slug, direction, data_type, at, channel)
    datum = _datum(chance, ask, flow, policy) if chance.random() < 0.8 else None
    member = MemberFacts(
        region=chance.choice(["US", "US", "FI"]),
        timezone=chance.choice(ZONES),
        ring_generation=chance.choice([2, 3, 4]),
        membership=chance.choice(["active", "active", "lapsed"]),
    )
    status = "active" if chance.random() < 0.95 else "suspended"
    return replace(ask, datum=datum), Snapshot(
        member, _grant(chance, ask, policy.manifests.get(slug)), status
    )


def many(count: int, policy: Policy, seed: int = 20261120) -> Iterator[tuple[Request, Snapshot]]:
    chance = random.Random(seed)
    return (asked(chance, policy) for _ in range(count))


def _grant(chance: random.Random, ask: Request, manifest: Manifest | None) -> GrantFacts | None:
    if chance.random() < 0.05:
        return None
    flows = manifest.flows if manifest else ()
    on = {flow.key: _shown(chance, flow) for flow in flows if chance.random() < 0.6}
    if chance.random() < 0.8:
        flow = manifest.flow(ask.flow) if manifest else None
        on[ask.flow] = _shown(chance, flow) if flow else None
    keys = [*(flow.key for flow in flows), ask.flow]
    return GrantFacts(
        status=chance.choice([Status.ACTIVE] * 12 + list(Status)),
        granted_at=ask.at - chance.choice([timedelta(days=20)] * 12 + [timedelta(0), -timedelta(seconds=1)]),
        expires_at=ask.at + chance.choice([timedelta(days=20)] * 12 + [timedelta(0), timedelta(seconds=1)]),
        history_from=chance.choice([None, date(2026, 11, 18), date(2026, 11, 20)]),
        on=on,
        noticed=None if chance.random() < 0.6 else frozenset(key for key in keys if chance.random() < 0.8),
        device_off=frozenset(key for key in keys if chance.random() < 0.05),
        partner_changed=chance.random() < 0.05,
    )


def _shown(chance: random.Random, flow: Flow) -> frozenset[str] | None:
    if chance.random() < 0.7:
        return chance.choice([None, flow.field_set])
    return frozenset(path for path in sorted(flow.field_set) if chance.random() < 0.5)


def _datum(chance: random.Random, ask: Request, flow: Flow | None, policy: Policy) -> Datum:
    usual = list(flow.fields) if flow and chance.random() < 0.85 else [*KINDS, "aura"]
    name = chance.choice(usual)
    kind, origin = KINDS.get(name), chance.choice(["ring", "ring", "ring", "manual", *policy.manifests])
    if kind is None:
        return Datum(name, {"id": "a", "day": "2026-11-20", "score": 3}, origin)
    if kind.series:
        return Datum(name, {"rows": [_body(chance, name, ask) for _ in range(chance.randrange(4))]}, origin)
    return Datum(name, _body(chance, name, ask), origin)


def _body(chance: random.Random, name: str, ask: Request) -> dict[str, Any]:
    body = filled(KINDS[name])
    begins = ask.at - timedelta(minutes=chance.randrange(0, 3000) if chance.random() < 0.4 else 5)
    for key in ("timestamp", "start_datetime"):
        if key in body:
            body[key] = begins.isoformat() if chance.random() < 0.97 else "soon"
    for key in ("day", "start_day"):
        if key in body:
            body[key] = begins.date().isoformat() if chance.random() < 0.97 else None
    if "source" in body:
        body["source"] = chance.choice(SOURCES)
    for leaf in KINDS[name].fields:
        if leaf.per_entry:
            some = chance.choices(CODES, k=chance.randrange(1, 3))
            body[leaf.path] = some if leaf.path == "tags" else some[0]
    emptier = chance.random() < 0.3
    return {key: None if emptier and chance.random() < 0.7 else value for key, value in body.items()}
