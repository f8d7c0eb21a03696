"""Reading the records of consent."""

from collections.abc import Iterable
from functools import lru_cache
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from consent.grants import clock, notices, partners
from consent.grants.errors import UnknownPartner
from consent.grants.lifecycle import Status
from consent.grants.models import Grant, Notice, Receipt, Toggle
from records.members import keys
from records.members.models import Member


def grants_of(member: Member) -> QuerySet[Grant]:
    """Return the member's grants, live and ended, newest first, ready to be shown."""
    return (
        Grant.objects.filter(member=member)
        .select_related("notice")
        .prefetch_related(
            Prefetch("toggles", Toggle.objects.order_by("pk"))
        )  # a page tells them in one order
        .order_by("-granted_at")
    )


def live_grants(member: Member) -> QuerySet[Grant]:
    return grants_of(member).filter(status=Status.ACTIVE)


def live_grant(member: Member, partner: str) -> Grant | None:
    return live_grants(member).filter(partner=partner).first()


def latest_grant(member: Member, partner: str) -> Grant | None:
    return grants_of(member).filter(partner=partner).first()


def grant_by_ref(ref: UUID) -> Grant:
    """Return one grant. Raises Grant.DoesNotExist."""
    return Grant.objects.as_decided_on().prefetch_related("toggles").get(ref=ref)


def receipts_of(member: Member) -> QuerySet[Receipt]:
    return (
        Receipt.objects.filter(grant__member=member).select_related("grant", "grant__notice").order_by("-at")
    )


def current_notice(partner: str, *, locale: str = "en", among: frozenset[str] | None = None) -> Notice:
    """Return the notice of what the partner asks for today, stored at its first use. Raises UnknownPartner.

    `among`: of these flows alone, for a screen that lists no others.
    """
    manifest = partners.manifest_today(partner)
    if manifest is None:
        raise UnknownPartner(partner)
    document = notices.document(manifest, locale=locale, among=among)
    digest = notices.digest(document)
    found = Notice.objects.filter(digest=digest).first()
    if found:
        return found
    newest = Notice.objects.filter(partner=partner, locale=locale).order_by("-version").first()
    version = newest.version + 1 if newest else 1
    return Notice.objects.get_or_create(
        digest=digest,
        defaults={
            "partner": partner,
            "locale": locale,
            "version": version,
            "document": document,
            "created_at": clock.now(),
        },
    )[0]


@lru_cache(maxsize=128)
def notice_by_digest(digest: str) -> Notice:
    """Return the notice of a digest, kept in memory: it is evidence, and known by what it says, so it never changes."""
    return Notice.objects.get(digest=digest)


def subject_of(member_id: UUID, partner: str) -> str:
    """Return the member's pseudonym in the log for their connection to one partner."""
    return keys.pseudonym(keys.key_of(member_id), partner)


def subjects_of(member: Member, only: Iterable[str] | None = None) -> dict[str, str]:
    """Return the member's pseudonyms, each with the partner it stands for ("" = no partner)."""
    key = keys.key_of(member.id)
    named = only if only is not None else {manifest.slug for manifest in partners.everyone()}
    return {keys.pseudonym(key, partner): partner for partner in {*named, ""}}
