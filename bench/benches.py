"""The benches. Each needs no database: it measures what every document, decision or event pays."""

import hashlib
import json
import secrets
from collections.abc import Iterator

from bench.run import Bench
from records.members import keyring

NIGHT = {
    "day": "2026-11-20",
    "score": 82,
    "contributors": dict.fromkeys(("deep_sleep", "efficiency", "latency", "rem_sleep", "restfulness"), 80),
    "heart_rate": {"interval": 300, "items": [58 + step % 7 for step in range(96)]},
}


def all_benches() -> Iterator[Bench]:
    yield sealing()
    yield opening()


def sealing() -> Bench:
    key, place = _key(), "document|body|bench"
    return Bench(
        "Sealing a night's document, against writing it as JSON",
        careful=lambda: keyring.seal(json.dumps(NIGHT).encode(), key=key, place=place),
        plain=lambda: json.dumps(NIGHT).encode(),
    )


def opening() -> Bench:
    key, place = _key(), "document|body|bench"
    body = json.dumps(NIGHT).encode()
    sealed, digest = keyring.seal(body, key=key, place=place), hashlib.sha256(body).digest()
    return Bench(
        "Opening a sealed document, against reading it as JSON with a checksum",
        careful=lambda: json.loads(keyring.open_sealed(sealed, key=key, place=place)),
        plain=lambda: hashlib.sha256(body).digest() == digest and json.loads(body),
    )


def _key() -> keyring.Key:
    return keyring.Key("bench", secrets.token_bytes(keyring.KEY_BYTES))
