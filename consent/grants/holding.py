"""Holding a grant while an act changes it: the row is locked, then all that the act and its evidence need is read.

Two statements, never one. Whoever waited for a lock is given that row as it is by then, but all else that the same
statement reads as it was before the wait (PostgreSQL, READ COMMITTED): switches, the number of the receipt and the time
would be from before the act that was waited for. The second may be sent before the first is answered: PostgreSQL begins
it only then. On SQLite the one write lock is ours since the transaction began.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Now

from consent.grants import selectors, switches
from consent.grants.lifecycle import Status
from consent.grants.models import Grant, Receipt, SigningKey
from consent.grants.switches import On
from records.members import keys
from records.members.models import Member, MemberKey
from records.prepared import Prepared


@dataclass(frozen=True, slots=True)
class Held:
    """A grant that nobody else changes until the transaction ends, as it was when it was locked.

    `receipts` is how many there are so far, `at` the time of the act, `subject` the member's pseudonym.
    """

    grant: Grant
    on: On
    receipts: int
    at: datetime
    subject: str
    signing_key: SigningKey | None


def hold(grant_ref: UUID, *, at: datetime | None = None) -> Held:
    """Lock a grant and read what stands. Raises Grant.DoesNotExist.

    A grant that another transaction is only now giving is not there: nobody has its `ref` before the commit.
    """
    _LOCK.send(ref=grant_ref)
    return _read(grant_ref, at)


def hold_live(member: Member, partner: str, *, at: datetime | None = None) -> Held | None:
    """Lock the member's live grant to a partner and read what stands, if there is one."""
    live = Grant.objects.select_for_update().filter(member=member, partner=partner, status=Status.ACTIVE)
    ref = live.values_list("ref", flat=True).first()
    return _read(ref, at) if ref else None


def begin(grant: Grant, *, at: datetime) -> Held:
    """Return a grant that is only now being given: nobody else knows of it."""
    return Held(grant, {}, 0, at, selectors.subject_of(grant.member_id, grant.partner), None)


def _read(ref: UUID, at: datetime | None) -> Held:
    """Read a locked grant. The time is the database's as this statement begins, which is after the lock."""
    told = next(iter(_READ(ref=ref)), None)
    if told is None:
        raise Grant.DoesNotExist
    grant = Grant.from_db(connection.alias, _OF_THE_GRANT, told[: len(_OF_THE_GRANT)])
    grant.notice = selectors.notice_by_digest(grant.notice_id)
    switched_on, receipts, wrapped, kid, sealed, now = told[len(_OF_THE_GRANT) :]
    return Held(
        grant=grant,
        on=switches.on_in(switched_on),
        receipts=receipts or 0,
        at=at or now,
        subject=_subject(grant, wrapped),
        signing_key=SigningKey(kid=kid, sealed=sealed) if kid else None,
    )


def _subject(grant: Grant, wrapped: str | None) -> str:
    if wrapped is None:  # the member's first act: their key is made now
        return selectors.subject_of(grant.member_id, grant.partner)
    key = keys.opened(MemberKey(member_id=grant.member_id, wrapped=wrapped))
    return keys.pseudonym(key, grant.partner)


def _locked(ref: UUID) -> QuerySet[Grant, tuple[Any, ...]]:
    return Grant.objects.select_for_update().filter(ref=ref).values_list("ref")


def _standing(ref: UUID) -> QuerySet[Grant, tuple[Any, ...]]:
    receipts = Receipt.objects.filter(grant=OuterRef("pk")).order_by("-number")
    newest = SigningKey.objects.order_by("-made_at")
    return (
        Grant.objects.filter(ref=ref)
        .annotate(
            switched_on=switches.switched_on(),
            last=Subquery(receipts.values("number")[:1]),
            wrapped=Subquery(MemberKey.objects.filter(member=OuterRef("member_id")).values("wrapped")),
            kid=Subquery(newest.values("kid")[:1]),
            sealed=Subquery(newest.values("sealed")[:1]),
            now=Now(),
        )
        .values_list(*_OF_THE_GRANT, "switched_on", "last", "wrapped", "kid", "sealed", "now")
    )


_OF_THE_GRANT = tuple(field.attname for field in Grant._meta.concrete_fields)
_REF = Grant._meta.get_field("ref")
_LOCK, _READ = Prepared(_locked, ref=_REF), Prepared(_standing, ref=_REF)
