"""Keeping every policy that decided something, and finding it again."""

import json
from datetime import datetime
from typing import Any

import rfc8785
from django.db import transaction

from consent.gate import policy_document
from consent.gate.models import PolicyVersion
from consent.gate.policy import Policy, digest_of

_kept: set[str] = set()  # digests that are committed; spares every later decision the question


class PolicyNotKept(LookupError):
    """No policy is kept under this digest, or what is kept is not what the digest says."""

    def __init__(self, digest: str) -> None:
        super().__init__(f"No policy is kept as {digest}. Look for it in a backup from before the decision.")
        self.digest = digest


def keep(policy: Policy, *, partner: str, at: datetime) -> None:
    """Keep the policy, and the partner's own manifest where it has one, at its first use. Inside the decision's act."""
    if policy.digest not in _kept:
        _keep(policy.digest, policy.document(), at)
    manifest = policy.reviewed.get(partner)
    if manifest is not None and manifest not in _kept:
        _keep(manifest, policy_document.of_manifest(policy.manifests[partner]), at)


def policy_of(digest: str, *, manifest: str = "") -> Policy:
    """Return the policy of a past decision, with the self-service manifest it was made under. Raises PolicyNotKept."""
    reviewed = [_document(manifest)] if manifest else []
    return Policy.read(_document(digest), reviewed=reviewed)


def _keep(digest: str, document: dict[str, Any], at: datetime) -> None:
    text = rfc8785.dumps(document).decode()
    version = PolicyVersion(digest=digest, document=text, first_used_at=at)
    PolicyVersion.objects.bulk_create([version], ignore_conflicts=True)  # two first uses at once are one
    transaction.on_commit(lambda: _kept.add(digest))


def _document(digest: str) -> dict[str, Any]:
    found = PolicyVersion.objects.filter(digest=digest).first()
    document: dict[str, Any] = json.loads(found.document) if found else {}
    if digest_of(document) != digest:
        raise PolicyNotKept(digest)
    return document
