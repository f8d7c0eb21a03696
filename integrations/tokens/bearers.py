"""Whose key a request carries: one narrow statement, and none at all for a text that is not spelled as ours."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import FilteredRelation, Q

from consent.grants.lifecycle import PartnerStatus, Status
from consent.grants.models import standing_of
from consent.manifests.ceilings import OWN_PROGRAM
from integrations.oauth.bearer import DEAD, Bearer, Kind, Refused
from integrations.tokens import spelling
from integrations.tokens.models import PersonalToken
from integrations.tokens.selectors import stopped_since

NOTHING_ON = Refused(
    "This key opens nothing yet. Its owner has to turn on at least one type of data for their own programs."
)


def bearer_of_key(token: str, at: datetime) -> Bearer | Refused:
    """Return what a key stands for at a moment: its owner's live yes to `own-program`, or why it opens nothing."""
    if not spelling.is_ours(token):
        return DEAD
    wanted = spelling.digest(token)
    yes = Q(member__grants__partner=OWN_PROGRAM, member__grants__status=Status.ACTIVE)
    status, _digest = standing_of("yes__partner")
    row = (
        PersonalToken.objects.filter(digest=wanted)
        .annotate(
            yes=FilteredRelation("member__grants", condition=yes),
            stopped=stopped_since("member", "made_at"),
            partner_status=status,
        )
        .values(
            "pk", "digest", "member_id", "member__is_active", "ends_at", "ended_at", "stopped", "partner_status",
            "yes__ref", "yes__epoch", "yes__expires_at",
        )
        .first()
    )  # fmt: skip
    if row is None or not hmac.compare_digest(row["digest"], wanted) or not _alive(row, at):
        return DEAD
    if row["yes__ref"] is None or row["yes__expires_at"] <= at:
        return NOTHING_ON
    return Bearer(
        token_ref=_ref(row["pk"]),
        partner=OWN_PROGRAM,
        grant_ref=row["yes__ref"],
        grant_epoch=row["yes__epoch"],
        member_id=row["member_id"],
        scopes=None,
        application_ref=None,
        kind=Kind.PAT,
    )


def ref_of(token: PersonalToken) -> str:
    """Return the `token_ref` of a key's requests."""
    return _ref(token.pk)


def _ref(pk: UUID) -> str:
    return f"pat:{pk.hex}"


def _alive(row: Mapping[str, Any], at: datetime) -> bool:
    """Whether nothing that the key hangs on has ended."""
    return (
        row["ended_at"] is None
        and row["ends_at"] > at
        and not row["stopped"]
        and row["partner_status"] == PartnerStatus.ACTIVE
        and bool(row["member__is_active"])
    )
