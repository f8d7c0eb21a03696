"""The life of a token family: begun with a consent, locked for every change, ended for good (SR-2.8, 2.9, 2.17)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet

from audit.log import services as log
from audit.log.events import Event
from consent.grants import clock, partners, selectors
from consent.grants.lifecycle import PartnerStatus, Status
from consent.grants.models import Grant, standing_of
from integrations.oauth.models import (
    AccessToken,
    Application,
    Code,
    Count,
    Inquiry,
    RefreshToken,
    TokenFamily,
    UsedCode,
)
from integrations.oauth.scopes import within

USED_CODES_FOR = timedelta(hours=24)
COUNTS_FOR = timedelta(hours=1)
BATCH = 1000  # families at a time


class Why(StrEnum):
    """Why a family ended."""

    CODE_REPLAYED = "code_replayed"
    REFRESH_REUSED = "refresh_reused"
    REVOKED = "revoked"  # by the partner
    NARROWED = "narrowed"  # by a newer consent to less
    GRANT_ENDED = "grant_ended"


ALARMS = frozenset({Why.CODE_REPLAYED, Why.REFRESH_REUSED})


def begin(*, application: Application, grant: Grant, scope: str, at: datetime) -> TokenFamily:
    """Begin the family of one consent. Call it in the consent's transaction."""
    return TokenFamily.objects.create(
        application=application,
        consent_grant=grant,
        grant_epoch=grant.epoch,
        scope=scope,
        made_at=at,
        ends_at=at + timedelta(days=settings.OAUTH_FAMILY_DAYS),
    )


def locked(family_id: UUID) -> TokenFamily | None:
    """Return a family with its row locked, and what is true of its grant and partner now; None when it is gone."""
    status, digest = standing_of("consent_grant__partner")
    return (
        TokenFamily.objects.select_for_update(of=("self",))
        .select_related("consent_grant")
        .annotate(partner_status=status, partner_digest=digest)
        .filter(pk=family_id)
        .first()
    )


def alive(family: TokenFamily, *, at: datetime) -> bool:
    """Whether a family that was read `locked` may still give tokens: its grant is the truth (SR-2.10)."""
    grant = family.consent_grant
    return (
        family.ended_at is None
        and family.ends_at > at
        and grant.status == Status.ACTIVE
        and grant.epoch == family.grant_epoch
        and grant.expires_at > at
        and getattr(family, "partner_status", "") == PartnerStatus.ACTIVE
    )


def end(family: TokenFamily, why: Why, *, at: datetime) -> None:
    """End a family whose row is locked: no code, no token of it is left. What may be a theft is an entry in the log.

    Ended twice, it ended once.
    """
    if family.ended_at is not None:
        return
    _close(TokenFamily.objects.filter(pk=family.pk), why, at=at)
    family.ended_at, family.ended_why = at, why
    grant = family.consent_grant
    if why in ALARMS or why is Why.REVOKED:
        partners.meet(grant.partner, getattr(family, "partner_digest", ""))
        log.append(
            Event(
                kind="tokens.revoked",
                actor="partner" if why is Why.REVOKED else "ringfence",
                subject=selectors.subject_of(grant.member_id, grant.partner),
                partner=grant.partner,
                at=at,
                facts={"grant": str(grant.ref), "family": str(family.pk), "reason": str(why)},
            )
        )


def end_wider(*, grant: Grant, scopes: Iterable[str], at: datetime) -> None:
    """End the families of a grant that hold more than its newest consent, and those of an earlier life of it (SR-2.9).

    Call it in the consent's transaction, before the new family begins.
    """
    live = TokenFamily.objects.select_for_update(of=("self",)).filter(
        consent_grant__member_id=grant.member_id, consent_grant__partner=grant.partner, ended_at=None
    )
    newest = tuple(scopes)
    wider = [
        family.pk
        for family in live.order_by("pk")
        if family.consent_grant_id != grant.ref
        or family.grant_epoch != grant.epoch
        or not within(family.scope.split(), newest)
    ]
    _close(TokenFamily.objects.filter(pk__in=wider), Why.NARROWED, at=at)


def tidy(*, at: datetime | None = None) -> int:
    """Clear away what can no longer be used: of ended grants and families, and what is past its time. Return how many.

    Nothing here has to happen for a token to be refused: each is refused at use.
    """
    at = at or clock.now()
    stale = (
        Q(consent_grant__epoch__gt=F("grant_epoch"))
        | ~Q(consent_grant__status=Status.ACTIVE)
        | Q(ends_at__lte=at)
    )
    over = TokenFamily.objects.filter(stale, ended_at=None)
    gone = _close(
        TokenFamily.objects.filter(pk__in=list(over.values_list("pk", flat=True)[:1000])),
        Why.GRANT_ENDED,
        at=at,
    )
    idle = at - timedelta(seconds=settings.OAUTH_REFRESH_IDLE_SECONDS)
    for rows in (
        Code.objects.filter(expires__lte=at),
        UsedCode.objects.filter(used_at__lte=at - USED_CODES_FOR),
        AccessToken.objects.filter(expires__lte=at),
        RefreshToken.objects.filter(created__lte=idle),
        Inquiry.objects.filter(asked_at__lte=at - timedelta(seconds=settings.OAUTH_INQUIRY_SECONDS)),
        Count.objects.filter(window__lte=(at - COUNTS_FOR).timestamp()),
    ):
        rows.delete()
    return gone


def _close(families: QuerySet[TokenFamily], why: Why, *, at: datetime) -> int:
    """Mark families as ended and delete what they gave. Used codes and refresh tokens stay: they tell a replay."""
    ids = list(families.values_list("pk", flat=True))
    if not ids:
        return 0
    Code.objects.filter(family__in=ids).delete()
    RefreshToken.objects.filter(family__in=ids, revoked=None).update(revoked=at, access_token=None)
    AccessToken.objects.filter(family__in=ids).delete()
    return TokenFamily.objects.filter(pk__in=ids, ended_at=None).update(ended_at=at, ended_why=str(why))
