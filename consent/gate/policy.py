"""The policy in force: vocabulary, manifests and rules, known by one digest. Pure.

Every decision names the digest it was made under, so that it can be run again and comes out the same.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import rfc8785

from consent.manifests.shapes import Flow, Manifest
from records.vocabulary.data_types import DATA_TYPES
from records.vocabulary.registry import KINDS

RULES_VERSION = 1  # raised by hand whenever rules.py or projection.py would answer differently


@dataclass(frozen=True, slots=True)
class Policy:
    """What the gate decides by. `digest` is "sha256:…" over everything that can change an answer."""

    manifests: Mapping[str, Manifest]
    digest: str

    @classmethod
    def of(cls, manifests: Iterable[Manifest]) -> "Policy":
        by_slug = {manifest.slug: manifest for manifest in manifests}
        written = rfc8785.dumps(_document(by_slug))
        return cls(by_slug, "sha256:" + hashlib.sha256(written).hexdigest())

    def flow(self, partner: str, key: str) -> Flow | None:
        manifest = self.manifests.get(partner)
        return manifest.flow(key) if manifest else None

    def stays_here(self, origin: str) -> bool:
        """Whether what came from `origin` goes out to nobody."""
        manifest = self.manifests.get(origin)
        return manifest is not None and manifest.imports_stay


def _document(manifests: Mapping[str, Manifest]) -> dict[str, Any]:
    return {
        "rules": RULES_VERSION,
        "data_types": {key: _plain(asdict(data_type)) for key, data_type in DATA_TYPES.items()},
        "kinds": {
            kind.name: [
                [leaf.path, leaf.data_type or "", leaf.value.value, leaf.sensitivity.value]
                for leaf in kind.fields
            ]
            for kind in KINDS.values()
        },
        "manifests": {
            slug: {
                "flows": {flow.key: _flow(flow) for flow in manifest.flows},
                "imports_stay": manifest.imports_stay,
                "regions": sorted(manifest.regions) if manifest.regions is not None else None,
            }
            for slug, manifest in manifests.items()
        },
    }


def _flow(flow: Flow) -> dict[str, Any]:
    return {
        "channel": flow.channel.value,
        "fields": sorted(flow.field_set),
        "purpose": flow.purpose.value,
        "when": [{type(rule).__name__: _plain(asdict(rule))} for rule in flow.when],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(value)
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value
