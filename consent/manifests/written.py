"""A reviewed manifest as one JSON document, words and all, and back. Pure.

The partners in code are Python; a self-service partner's manifest is the row of its review. Both are the same shapes.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785

from consent.manifests.shapes import Channel, Direction, Flow, Manifest, Purpose

WORDS = (
    "slug", "name", "legal_entity", "country", "summary", "how_often", "privacy_url", "deletion_url", "retention",
    "stopping",
)  # fmt: skip
FLOW_WORDS = ("data_type", "name", "hint", "why")


def written(manifest: Manifest) -> dict[str, Any]:
    """Return the document of a self-service manifest: its words, its flows, who else handles the data, and where."""
    return {
        **{name: getattr(manifest, name) for name in WORDS},
        "onward_recipients": list(manifest.onward_recipients),
        "regions": sorted(manifest.regions) if manifest.regions is not None else None,
        "starts_at_partner": manifest.starts_at_partner,
        "flows": [_flow(flow) for flow in manifest.flows],
    }


def read(document: Mapping[str, Any]) -> Manifest:
    """Return the manifest of a document. Raises KeyError, ValueError or TypeError for what `written` never wrote."""
    regions = document["regions"]
    words: dict[str, Any] = {name: str(document[name]) for name in WORDS}
    return Manifest(
        **words,
        onward_recipients=tuple(document["onward_recipients"]),
        regions=frozenset(regions) if regions is not None else None,
        starts_at_partner=bool(document["starts_at_partner"]),
        flows=tuple(_read_flow(flow) for flow in document["flows"]),
    )


def digest(document: Mapping[str, Any]) -> str:
    """Return the digest by which a reviewed manifest is known, over its RFC 8785 bytes."""
    return "sha256:" + hashlib.sha256(rfc8785.dumps(dict(document))).hexdigest()


def _flow(flow: Flow) -> dict[str, Any]:
    return {
        **{name: getattr(flow, name) for name in FLOW_WORDS},
        "direction": flow.direction.value,
        "channel": flow.channel.value,
        "purpose": flow.purpose.value,
        "fields": {kind: list(paths) for kind, paths in flow.fields.items()},
    }


def _read_flow(document: Mapping[str, Any]) -> Flow:
    words: dict[str, Any] = {name: str(document[name]) for name in FLOW_WORDS}
    return Flow(
        **words,
        direction=Direction(document["direction"]),
        channel=Channel(document["channel"]),
        purpose=Purpose(document["purpose"]),
        fields={kind: tuple(paths) for kind, paths in document["fields"].items()},
    )
