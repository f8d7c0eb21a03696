"""The records of consent. Written only through services.py; deleted only when the member is erased."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from consent.grants.facts import GrantFacts
from consent.grants.lifecycle import PartnerStatus, Status
from consent.manifests.shapes import Purpose


class Partner(models.Model):
    """What is true of a partner today and not of its manifest in code: whether it is suspended, and its review's row.

    One row for every partner whose status was ever changed or whose manifest came from a review; no row = active, and
    in code. `epoch` rises with each suspension. Written only through partners.py.
    """

    slug = models.SlugField(primary_key=True, max_length=64)
    status = models.CharField(max_length=10, default=PartnerStatus.ACTIVE)
    epoch = models.PositiveIntegerField(default=1)
    manifest = models.JSONField(null=True, blank=True)  # as `consent.manifests.written` writes it
    digest = models.CharField(max_length=71, blank=True, default="")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=list(PartnerStatus)), name="partner_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(manifest__isnull=True, digest="")
                | Q(manifest__isnull=False, digest__startswith="sha256:"),
                name="a_reviewed_manifest_is_known_by_its_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"partner {self.slug} ({self.status})"


class Notice(models.Model):
    """The text and the list that stood on the screen, per partner and locale; known by the digest of both."""

    digest = models.CharField(primary_key=True, max_length=71)  # "sha256:" and 64 hex digits
    partner = models.SlugField(max_length=64)
    locale = models.CharField(max_length=12)
    version = models.PositiveIntegerField()
    document = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "locale", "version"], name="one_notice_per_partner_locale_and_version"
            ),
        ]

    def __str__(self) -> str:
        return f"notice {self.version} of {self.partner} ({self.locale})"


def standing_of(partner: str) -> tuple[Coalesce, Coalesce]:
    """Return a partner's status and the digest of its reviewed manifest, for the statement that reads something else.

    `partner` is the path of the slug in that statement. No row = active, and in code.
    """
    row = Partner.objects.filter(slug=OuterRef(partner))
    return (
        Coalesce(Subquery(row.values("status")), Value(PartnerStatus.ACTIVE.value)),
        Coalesce(Subquery(row.values("digest")), Value("")),
    )


class GrantQuerySet(models.QuerySet["Grant"]):
    def as_decided_on(self) -> "GrantQuerySet":
        """Read, in the same statement, all that the gate asks of a grant: its member, notice and partner's standing."""
        status, digest = standing_of("partner")
        found: GrantQuerySet = self.select_related("member", "notice").annotate(
            partner_status=status, partner_digest=digest
        )
        return found


class Grant(models.Model):
    """One member's yes to one partner. What it covers is in its toggles.

    An ended grant is evidence (GDPR Art. 7(1)). `epoch` rises when it ends: whatever carries an older one is refused.
    """

    ref = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants")
    partner = models.SlugField(max_length=64)
    status = models.CharField(max_length=10, default=Status.ACTIVE)
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    history_from = models.DateField(help_text="the first local day that the yes covers")
    epoch = models.PositiveIntegerField(default=1)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="grants")

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "partner"],
                condition=Q(status=Status.ACTIVE),
                name="one_live_grant_per_partner",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.ACTIVE, ended_at=None)
                | (~Q(status=Status.ACTIVE) & Q(ended_at__isnull=False)),
                name="grant_has_an_end_exactly_when_it_is_not_active",
            ),
            models.CheckConstraint(condition=Q(status__in=list(Status)), name="grant_status_is_known"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("granted_at")), name="grant_expires_after_it_is_given"
            ),
        ]

    def __str__(self) -> str:
        return f"grant {self.ref} to {self.partner} ({self.status})"

    def facts(self) -> GrantFacts:
        """Return the grant as the gate reads it; its toggles are read with it."""
        noticed = frozenset(flow["flow"] for flow in self.notice.document["flows"])
        on = {toggle.flow: frozenset(toggle.fields) for toggle in self.toggles.all() if toggle.on}
        return GrantFacts(
            status=Status(self.status),
            granted_at=self.granted_at,
            expires_at=self.expires_at,
            history_from=self.history_from,
            on=on,
            noticed=noticed,
        )


class Toggle(models.Model):
    """One flow switched on or off within a grant. `fields` is what its notice showed: the yes covers nothing more.

    `epoch` rises each time it is switched off, so that what was queued under an earlier yes is refused.
    """

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="toggles", db_index=False)
    flow = models.CharField(max_length=64)
    purpose = models.CharField(max_length=40)
    on = models.BooleanField(default=False)
    fields = models.JSONField(default=list)
    epoch = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["grant", "flow"], name="one_toggle_per_flow"),
            models.CheckConstraint(
                condition=Q(purpose__in=list(Purpose)), name="no_purpose_is_advertising_or_sale"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flow} {'on' if self.on else 'off'}"


class Receipt(models.Model):
    """The member's signed copy of one change. Immutable: the database refuses to update it."""

    ref = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="receipts", db_index=False)
    number = models.PositiveIntegerField()
    change = models.CharField(max_length=20)
    jws = models.TextField()
    at = models.DateTimeField()
    event_id = models.UUIDField(unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["grant", "number"], name="one_receipt_per_grant_and_number"),
        ]

    def __str__(self) -> str:
        return f"receipt {self.number} of {self.grant_id}"


class SigningKey(models.Model):
    """An Ed25519 key for receipts. The public half is at `/.well-known/jwks.json`; the private half is sealed."""

    kid = models.CharField(primary_key=True, max_length=24)
    public = models.CharField(max_length=64)  # base64url of the 32 bytes
    sealed = models.TextField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"signing key {self.kid}"

    def as_jwk(self) -> dict[str, Any]:
        """Return the public key in the form of RFC 8037."""
        return {
            "kty": "OKP",
            "crv": "Ed25519",
            "kid": self.kid,
            "use": "sig",
            "alg": "EdDSA",
            "x": self.public,
        }
