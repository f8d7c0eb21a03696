"""All that a read asks of a grant, in one statement: the yes and its switches, the member, who asks, and their keys."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Aggregate, OuterRef, Subquery, TextField

from consent.gate import snapshots
from consent.gate.shapes import Snapshot
from consent.grants import partners
from consent.grants.facts import GrantFacts
from consent.grants.lifecycle import Status
from consent.grants.models import Grant, Toggle
from consent.manifests import register
from records.members import keys
from records.members.keyring import Key
from records.members.models import MemberKey, RecipientKey
from records.members.pairwise import Ids


class _Listed(Aggregate):
    """Rows of one group as the text of a JSON array of arrays."""

    name = "listed"
    output_field = TextField()
    arity = 2

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="json_agg(json_build_array(%(expressions)s))::text", **extra
        )

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(
            compiler, connection, template="json_group_array(json_array(%(expressions)s))", **extra
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """What is true of a grant when it is read: for the gate, and for whoever opens and names what it lets through."""

    grant: Grant
    snapshot: Snapshot
    key: Key
    ids: Ids


def of(grant_ref: UUID) -> Standing | None:
    """Return what stands, or None when there is no such grant. Asks for nothing more, but at a partner's first use."""
    switched_on = Toggle.objects.filter(grant=OuterRef("pk"), on=True).order_by().values("grant")
    grant = (
        Grant.objects.as_decided_on()
        .annotate(
            switched_on=Subquery(switched_on.annotate(listed=_Listed("flow", "fields")).values("listed")),
            key_of_member=Subquery(MemberKey.objects.filter(member=OuterRef("member")).values("wrapped")),
            key_of_partner=Subquery(
                RecipientKey.objects.filter(recipient=OuterRef("partner")).values("wrapped")
            ),
        )
        .filter(ref=grant_ref)
        .first()
    )
    if grant is None:
        return None
    wrapped, of_partner = grant.key_of_member, grant.key_of_partner  # type: ignore[attr-defined]
    key = (
        keys.opened(MemberKey(member_id=grant.member_id, wrapped=wrapped))
        if wrapped
        else keys.key_of(grant.member_id)
    )
    return Standing(grant, _snapshot(grant), key, Ids(grant.partner, wrapped=of_partner))


def holding(grant_ref: UUID) -> tuple[str, list[Any]]:
    """Return what holds a grant until the transaction ends, as a part of whichever statement comes first in it.

    A stop comes before or after a read, never in its middle; reads do not wait for one another. SQLite has one writer
    at a time and needs nothing.
    """
    if connection.vendor != "postgresql":
        return "", []
    table = connection.ops.quote_name(Grant._meta.db_table)
    return f"SELECT ref FROM {table} WHERE ref = %s FOR SHARE", [grant_ref]  # noqa: S608 (a table of ours)


def _snapshot(grant: Grant) -> Snapshot:
    """Return what `snapshots.of_grant` would."""
    status = partners.standing(grant)
    listed = json.loads(grant.switched_on) if grant.switched_on else []  # type: ignore[attr-defined]
    facts = GrantFacts(
        status=Status(grant.status),
        granted_at=grant.granted_at,
        expires_at=grant.expires_at,
        history_from=grant.history_from,
        on={flow: _paths(fields) for flow, fields in listed},
        noticed=frozenset(flow["flow"] for flow in grant.notice.document["flows"]),
        partner_changed=snapshots.has_changed(grant.notice.document, register.manifest_of(grant.partner)),
    )
    return Snapshot(member=snapshots.member_facts(grant.member), grant=facts, partner_status=status)


def _paths(fields: Any) -> frozenset[str]:
    """SQLite has a JSON column as text, inside JSON too."""
    return _parsed(fields) if isinstance(fields, str) else frozenset(fields)


@lru_cache(maxsize=4_096)
def _parsed(fields: str) -> frozenset[str]:
    return frozenset(json.loads(fields))
