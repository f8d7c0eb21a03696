"""Partners as rows: suspending one for all members at once, and taking a review's manifest into the register.

Suspending is one row, whatever the number of grants: every decision reads it in its own statement, so it is in
force for the very next one, in every process. Grants stay as they are; what the member said is still what they said.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction

from audit.log import services as log
from audit.log.events import Event
from consent.grants import clock
from consent.grants.errors import UnknownPartner
from consent.grants.lifecycle import PartnerStatus
from consent.grants.models import Grant, Partner
from consent.manifests import register
from consent.manifests.register import ManifestRefused
from consent.manifests.shapes import Manifest
from consent.manifests.written import digest, read, written


def suspend(partner: str, *, by: str, at: datetime | None = None) -> Partner:
    """Stop everything of one partner for all members; in force when this commits. Pressed twice, it is one change.

    `by` is who did it, as the log names actors. Raises UnknownPartner.
    """
    return _set_status(partner, PartnerStatus.SUSPENDED, by=by, at=at)


def reinstate(partner: str, *, by: str, at: datetime | None = None) -> Partner:
    """Let a suspended partner go on, with the grants as they are by then. Raises UnknownPartner."""
    return _set_status(partner, PartnerStatus.ACTIVE, by=by, at=at)


@transaction.atomic
def review(manifest: Manifest, *, by: str, at: datetime | None = None) -> Partner:
    """Put a reviewed manifest in force, under the self-service ceiling. Twice the same changes nothing.

    Raises ManifestRefused, with a sentence for each thing to take out; then nothing is stored.
    """
    document = written(manifest)
    known = digest(document)
    row = Partner.objects.select_for_update().filter(slug=manifest.slug).first()
    if row is not None and row.digest == known:
        return row
    if problems := register.problems_of_reviewed(manifest):
        raise ManifestRefused(manifest.slug, problems)
    moment = at or clock.now()
    row = row or Partner(slug=manifest.slug)
    row.manifest, row.digest, row.changed_at = document, known, moment
    row.save()
    facts = {"manifest": known, "flows": sorted(flow.key for flow in manifest.flows)}
    _tell("partner.reviewed", manifest.slug, by=by, at=moment, **facts)
    return row


def standing(grant: Grant) -> str:
    """Return the status of a grant's partner, and see that the register has its manifest of today.

    Reads nothing where the grant was read `as_decided_on`, unless the manifest is new to this process.
    """
    status, known = getattr(grant, "partner_status", None), getattr(grant, "partner_digest", None)
    if status is None or known is None:
        status, known = _read_standing(grant.partner)
    meet(grant.partner, known)
    return str(status)


def meet(partner: str, known: str) -> None:
    """See that the register has a partner's manifest of the digest that its row has now. "" = it has none."""
    if not register.in_code(partner) and known != register.digest_taken(partner):
        load(partner)


def load(partner: str) -> None:
    """Read a partner's row into the register. One that does not load, or is gone, is a partner that nobody knows."""
    row = Partner.objects.filter(slug=partner, manifest__isnull=False).first()
    register.drop(partner)
    if row is None or row.manifest is None or digest(row.manifest) != row.digest:
        return
    try:
        manifest = read(row.manifest)
        if manifest.slug == partner:
            register.take(manifest, row.digest)
    except (ManifestRefused, KeyError, ValueError, TypeError):
        return  # the gate says unknown_partner


def manifest_today(partner: str) -> Manifest | None:
    """Return a partner's manifest as it is in force now: for the acts of consent and their pages."""
    if not register.in_code(partner):
        meet(partner, _read_standing(partner)[1])
    return register.manifest_of(partner)


def everyone() -> Iterator[Manifest]:
    """Yield the manifest of every partner, in code and reviewed, as they are in force now."""
    for slug, known in Partner.objects.filter(manifest__isnull=False).values_list("slug", "digest"):
        meet(slug, known)
    yield from register.manifests()
    yield from register.reviewed()


def connectable(grants: Iterable[Grant]) -> list[Manifest]:
    """Return what a member's list of partners holds: all in code, and of the reviewed those they have a grant to."""
    granted = {grant.partner for grant in grants}
    beside = {slug for slug in granted if not register.in_code(slug)}
    return [*register.manifests(), *(found for slug in sorted(beside) if (found := manifest_today(slug)))]


def _read_standing(partner: str) -> tuple[str, str]:
    row = Partner.objects.filter(slug=partner).values_list("status", "digest").first()
    return row or (PartnerStatus.ACTIVE.value, "")


@transaction.atomic
def _set_status(partner: str, status: PartnerStatus, *, by: str, at: datetime | None) -> Partner:
    if manifest_today(partner) is None:
        raise UnknownPartner(partner)
    row, _ = Partner.objects.get_or_create(slug=partner, defaults={"changed_at": at or clock.now()})
    row = Partner.objects.select_for_update().get(slug=partner)
    if row.status == status:
        return row
    moment = at or clock.now()
    suspended = status is PartnerStatus.SUSPENDED
    row.status, row.changed_at, row.epoch = status, moment, row.epoch + suspended
    row.save(update_fields=["status", "changed_at", "epoch"])
    _tell(
        "partner.suspended" if suspended else "partner.reinstated", partner, by=by, at=moment, epoch=row.epoch
    )
    return row


def _tell(kind: str, partner: str, *, by: str, at: datetime, **facts: object) -> None:
    log.append(Event(kind=kind, actor=by, subject="", partner=partner, at=at, facts=facts))
