"""The benches. Each needs no database: it measures what every document, decision or event pays."""

import hashlib
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime

from audit.log import chain
from bench.run import Bench
from consent.gate.decide import decide
from consent.gate.policy import Policy
from consent.gate.shapes import Datum, MemberFacts, Request, Snapshot
from consent.grants.facts import GrantFacts
from consent.grants.lifecycle import Status
from consent.manifests.register import manifests
from consent.manifests.shapes import Direction
from records.members import keyring

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORKOUT = {
    "id": "w1",
    "day": "2026-11-20",
    "activity": "running",
    "start_datetime": "2026-11-20T10:00:00+00:00",
    "end_datetime": "2026-11-20T10:40:00+00:00",
    "source": "workout_heart_rate",
    "calories": 380,
    "heart_rate": {"interval": 5, "items": [120 + step % 30 for step in range(480)]},
}
BODY = json.dumps(WORKOUT).encode()
EVENT = {
    "v": 1,
    "id": "8b0f2d0e-5c0e-4b5e-9a59-6a6a0a3c0c11",
    "at": "2026-11-20T12:00:00.000000Z",
    "kind": "delivery.decided",
    "actor": "ringfence",
    "subject": "p" * 43,
    "partner": "strava",
    "facts": {"flow": "export:workout", "reason": "permitted", "epoch": 1, "policy": "sha256:" + "0" * 64},
}


def all_benches() -> Iterator[Bench]:
    yield from (sealing(), opening(), refusing(), permitting(), writing_down())


def sealing() -> Bench:
    key, place = _key(), "document|body|bench"
    return Bench(
        "Sealing a workout's document, against writing it as JSON",
        careful=lambda: keyring.seal(json.dumps(WORKOUT).encode(), key=key, place=place),
        plain=lambda: json.dumps(WORKOUT).encode(),
    )


def opening() -> Bench:
    key, place = _key(), "document|body|bench"
    sealed = keyring.seal(BODY, key=key, place=place)
    return Bench(
        "Opening a sealed document, against reading it as JSON",
        careful=lambda: json.loads(keyring.open_sealed(sealed, key=key, place=place)),
        plain=lambda: json.loads(BODY),
    )


def refusing() -> Bench:
    """A flow that is off: what most decisions are."""
    return _deciding("Refusing a workout whose switch is off, against reading it as JSON", on=frozenset())


def permitting() -> Bench:
    return _deciding(
        "Deciding on and projecting a workout, against reading it as JSON", on=frozenset({"export:workout"})
    )


def _deciding(sentence: str, *, on: frozenset[str]) -> Bench:
    policy = Policy.of(manifests())
    grant = GrantFacts(
        status=Status.ACTIVE,
        granted_at=NOON,
        expires_at=None,
        history_from=date(2026, 11, 1),
        on=dict.fromkeys(on),
    )
    ask = Request("strava", Direction.EXPORT, "workout", NOON, datum=Datum("workout", WORKOUT))
    snapshot = Snapshot(member=MemberFacts(), grant=grant)
    answer = decide(ask, snapshot, policy)
    if answer.permit is not bool(on):
        raise RuntimeError(f"The bench measures the wrong thing: {answer.reason}.")
    return Bench(sentence, careful=lambda: decide(ask, snapshot, policy), plain=lambda: json.loads(BODY))


def writing_down() -> Bench:
    return Bench(
        "An event's canonical bytes and leaf hash, against SHA-256 of its JSON",
        careful=lambda: chain.leaf_hash(chain.canonical(EVENT)),
        plain=lambda: hashlib.sha256(json.dumps(EVENT).encode()).digest(),
    )


def _key() -> keyring.Key:
    return keyring.Key("bench", secrets.token_bytes(keyring.KEY_BYTES))
