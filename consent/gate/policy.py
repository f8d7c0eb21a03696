"""The policy in force: vocabulary, manifests and rules, known by one digest. Pure.

Every decision names the digest it was made under. The whole policy is in its document and is read back from it, so that
an old decision can be run again under the policy of its day and comes out the same.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import rfc8785

from consent.gate import policy_document
from consent.gate.policy_document import RULES_VERSION as RULES_VERSION
from consent.manifests.shapes import Flow, Manifest
from records.vocabulary.data_types import DATA_TYPES
from records.vocabulary.registry import KINDS
from records.vocabulary.shapes import DataType, DocumentKind


@dataclass(frozen=True, slots=True)
class Policy:
    """What the gate decides by. `digest` is "sha256:…" over everything in code that can change an answer.

    `reviewed` are the digests of self-service partners' manifests, which come and go without a new policy: each is
    recorded beside the policy's.
    """

    manifests: Mapping[str, Manifest]
    digest: str
    data_types: Mapping[str, DataType] = field(default_factory=lambda: DATA_TYPES, repr=False, compare=False)
    kinds: Mapping[str, DocumentKind] = field(default_factory=lambda: KINDS, repr=False, compare=False)
    reviewed: Mapping[str, str] = field(default_factory=dict)
    # Filled by `compiled.table_of`.
    table: list[Any] = field(default_factory=list, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, manifests: Iterable[Manifest], *, reviewed: Iterable[Manifest] = ()) -> "Policy":
        """Return the policy of the partners in code and of those that reviewers approved. A slug is the first's."""
        by_slug = {manifest.slug: manifest for manifest in manifests}
        beside = {manifest.slug: manifest for manifest in reviewed if manifest.slug not in by_slug}
        digest = digest_of(policy_document.of_policy(by_slug, DATA_TYPES, KINDS))
        digests = {slug: digest_of(policy_document.of_manifest(each)) for slug, each in beside.items()}
        return cls({**by_slug, **beside}, digest, reviewed=digests)

    @classmethod
    def read(cls, document: Mapping[str, Any], *, reviewed: Iterable[Mapping[str, Any]] = ()) -> "Policy":
        """Return the policy that a kept document describes, with kept manifests of self-service partners."""
        manifests, data_types, kinds = policy_document.read_policy(document)
        beside = [policy_document.read_manifest(each) for each in reviewed]
        digests = {each.slug: digest_of(policy_document.of_manifest(each)) for each in beside}
        everyone = {**{each.slug: each for each in beside}, **manifests}
        return cls(everyone, digest_of(document), data_types, kinds, digests)

    def document(self) -> dict[str, Any]:
        """Return what the digest is over: the vocabulary, the partners in code and the version of the rules."""
        own = {slug: each for slug, each in self.manifests.items() if slug not in self.reviewed}
        return policy_document.of_policy(own, self.data_types, self.kinds)

    def flow(self, partner: str, key: str) -> Flow | None:
        manifest = self.manifests.get(partner)
        return manifest.flow(key) if manifest else None

    def stays_here(self, origin: str) -> bool:
        """Whether what came from `origin` goes out to nobody."""
        manifest = self.manifests.get(origin)
        return manifest is not None and manifest.imports_stay


def digest_of(document: Mapping[str, Any]) -> str:
    """Return the digest of a policy's or a manifest's document, over its RFC 8785 bytes."""
    return "sha256:" + hashlib.sha256(rfc8785.dumps(dict(document))).hexdigest()
