"""The notice: the text and the list that stand on a consent screen, as one document with a digest. Pure.

The screen is drawn from this document and from nothing else, so what was agreed to can be shown again word for word
(GDPR Art. 7(1)). "What never leaves" is written from the catalogue, the same for everyone, never counted.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import rfc8785

from consent.manifests.shapes import Direction, Flow, Manifest
from records.vocabulary.data_types import DATA_TYPES, SENSITIVE
from records.vocabulary.shapes import Category

HEART_IN_WORKOUTS = "HRV, and heart rate outside your workouts"  # where a workout carries its own
BEFORE_THE_DAY_CHOSEN = "Anything from before the day you choose"
MONTHS = 12  # a yes lasts at most this long; then it is asked again, never renewed by silence

NEVER: dict[Category, str] = {
    Category.ACTIVITY: "Steps, distance and calories",
    Category.HEART: "Heart rate and HRV",
    Category.SLEEP: "Sleep times, sleep stages and blood oxygen",
    Category.READINESS_STRESS: "Readiness and stress",
    Category.BODY: "Height, weight and birth date",
    Category.TEMPERATURE: "Body temperature",
    Category.METABOLIC: "Glucose and meals",
    Category.MIND: "Mindful minutes and sessions",
    Category.NOTES: "Tags and notes",
    Category.DEVICE: "Details of your ring",
    Category.ACCOUNT: "Your name and email",
}


def document(manifest: Manifest, *, locale: str, among: frozenset[str] | None = None) -> dict[str, Any]:
    """Return the notice of a manifest: who, why, how long, every flow with its fields, and what never leaves.

    `among`: the screen listed these flows alone, since the partner asked for no others, and let the member choose the
    day it begins. `not_asked` then names the rest of the manifest, which is no new wish of the partner's.
    """
    if among is not None:
        rest = sorted(flow.key for flow in manifest.flows if flow.key not in among)
        asked = tuple(flow for flow in manifest.flows if flow.key in among)
        told = document(replace(manifest, flows=asked), locale=locale)
        return {**told, "never": [*told["never"][:-1], BEFORE_THE_DAY_CHOSEN], "not_asked": rest}
    return {
        "partner": manifest.slug,
        "name": manifest.name,
        "locale": locale,
        "heading": f"Connect {manifest.name}?",
        "legal_entity": manifest.legal_entity,
        "country": manifest.country,
        "how_often": manifest.how_often,
        "months": MONTHS,
        "not_for": "Adverts or sale",
        "retention": manifest.retention,
        "privacy_url": manifest.privacy_url,
        "deletion_url": manifest.deletion_url,
        "onward_recipients": list(manifest.onward_recipients),
        "purposes": sorted({flow.purpose.value for flow in manifest.flows}),
        "flows": [_flow(flow) for flow in manifest.flows],
        "never": list(never_leaves(manifest)),
    }


def digest(notice: dict[str, Any]) -> str:
    """Return the digest by which a notice is known, over its RFC 8785 bytes."""
    return "sha256:" + hashlib.sha256(rfc8785.dumps(notice)).hexdigest()


def never_leaves(manifest: Manifest) -> Iterator[str]:
    """Yield what no switch of this partner can turn on, women's health first (UX section 3.5)."""
    yield "Period, cycle and pregnancy, and all other women’s health"
    exported = {
        part for flow in manifest.flows if flow.direction is Direction.EXPORT for part in _parts(flow)
    }
    for category, words in NEVER.items():
        inside = [key for key, data_type in DATA_TYPES.items() if data_type.category is category]
        kept = [key for key in inside if key not in exported]
        if len(kept) == len(inside):
            in_workouts = category is Category.HEART and _heart_rate_with_workouts(manifest)
            yield HEART_IN_WORKOUTS if in_workouts else words
        elif kept:
            yield _capital(", ".join(_spoken(key) for key in kept))
    yield "Anything from before the day you allow it"


def _heart_rate_with_workouts(manifest: Manifest) -> bool:
    return any("workout.heart_rate" in flow.field_set for flow in manifest.flows)


def _parts(flow: Flow) -> tuple[str, ...]:
    return (flow.data_type, *DATA_TYPES[flow.data_type].made_of)


def _spoken(key: str) -> str:
    label = DATA_TYPES[key].label
    return label if label.isupper() or label[:2].isupper() else label[0].lower() + label[1:]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _flow(flow: Flow) -> dict[str, Any]:
    return {
        "flow": flow.key,
        "direction": flow.direction.value,
        "data_type": flow.data_type,
        "channel": flow.channel.value,
        "name": flow.name,
        "hint": flow.hint,
        "why": flow.why,
        "purpose": flow.purpose.value,
        "public": flow.public,
        "sensitive": flow.data_type in SENSITIVE,
        "fields": sorted(flow.field_set),
    }
