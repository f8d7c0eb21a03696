"""All that a read asks of a grant, in one statement: the yes and its switches, the member, who asks, and their keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from consent.gate import snapshots
from consent.gate.shapes import MemberFacts, Snapshot
from consent.grants import partners, switches
from consent.grants.facts import GrantFacts
from consent.grants.lifecycle import Status
from consent.grants.models import Grant, standing_of
from consent.manifests import register
from records.members import keys
from records.members.keyring import Key
from records.members.models import MemberKey, RecipientKey
from records.members.pairwise import Ids
from records.prepared import Prepared


@dataclass(frozen=True, slots=True)
class Standing:
    """What is true of a grant when it is read: for the gate, and for whoever opens and names what it lets through."""

    grant: Grant
    snapshot: Snapshot
    key: Key
    ids: Ids
    email: str = field(repr=False)


def of(grant_ref: UUID) -> Standing | None:
    """Return what stands, or None when there is no such grant. Asks for nothing more, but at a partner's first use."""
    rows = _STATEMENT(ref=grant_ref)
    if not rows:
        return None
    told = dict(zip(_COLUMNS, rows[0], strict=True))
    grant = Grant(**{name: told[name] for name in _OF_THE_GRANT})
    wrapped, member_id = told["key_of_member"], grant.member_id
    key = keys.opened(MemberKey(member_id=member_id, wrapped=wrapped)) if wrapped else keys.key_of(member_id)
    partners.meet(grant.partner, told["partner_digest"])
    ids = Ids(grant.partner, wrapped=told["key_of_partner"])
    return Standing(grant, _snapshot(grant, told), key, ids, told["member__email"])


def holding(grant_ref: UUID) -> tuple[str, list[Any]]:
    """Return what holds a grant until the transaction ends, as a part of whichever statement comes first in it.

    It selects the grant's `ref`; nothing when the grant is gone. A stop comes before or after a read, never in its
    middle; reads do not wait for one another. SQLite has one writer at a time, who holds everything.
    """
    table = connection.ops.quote_name(Grant._meta.db_table)
    hold = "FOR SHARE" if connection.vendor == "postgresql" else ""
    ref = Grant._meta.get_field("ref").get_db_prep_value(grant_ref, connection)
    return f"SELECT ref FROM {table} WHERE ref = %s {hold}", [ref]  # noqa: S608 (a table of ours)


def _snapshot(grant: Grant, told: Mapping[str, Any]) -> Snapshot:
    """Return what `snapshots.of_grant` would; a test holds the two to each other."""
    agreed = told["notice__document"]
    facts = GrantFacts(
        status=Status(grant.status),
        granted_at=grant.granted_at,
        expires_at=grant.expires_at,
        history_from=grant.history_from,
        on=switches.on_in(told["switched_on"]),
        noticed=frozenset(flow["flow"] for flow in agreed["flows"]),
        partner_changed=snapshots.has_changed(agreed, register.manifest_of(grant.partner)),
    )
    member = MemberFacts(*(told[f"member__{name}"] for name in _OF_THE_MEMBER))
    return Snapshot(member=member, grant=facts, partner_status=told["partner_status"])


def _written(ref: UUID) -> QuerySet[Grant, tuple[Any, ...]]:
    status, digest = standing_of("partner")
    of_member = MemberKey.objects.filter(member=OuterRef("member_id"))
    of_partner = RecipientKey.objects.filter(recipient=OuterRef("partner"))
    return (
        Grant.objects.annotate(
            switched_on=switches.switched_on(),
            key_of_member=Subquery(of_member.values("wrapped")),
            key_of_partner=Subquery(of_partner.values("wrapped")),
            partner_status=status,
            partner_digest=digest,
        )
        .filter(ref=ref)
        .values_list(*_COLUMNS)
    )


_OF_THE_GRANT = (
    "ref", "member_id", "partner", "status", "granted_at", "expires_at", "history_from", "epoch", "notice_id",
)  # fmt: skip
_OF_THE_MEMBER = ("region", "timezone", "ring_generation", "membership")
_COLUMNS = (
    *_OF_THE_GRANT, *(f"member__{name}" for name in _OF_THE_MEMBER), "member__email", "notice__document",
    "switched_on", "key_of_member", "key_of_partner", "partner_status", "partner_digest",
)  # fmt: skip
_STATEMENT = Prepared(_written, ref=Grant._meta.get_field("ref"))
