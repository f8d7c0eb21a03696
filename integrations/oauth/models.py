"""Applications, their secrets, and the tokens we gave them: all hashed, each bound to one grant of one member.

The grant is the truth. A token names it, with the epoch it was made under, and carries no right of its own: it is
refused at use once the grant has another epoch, whatever is still in these tables.
Models are swapped in for the toolkit's (SR-2.2).
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from oauth2_provider.models import (
    AbstractAccessToken,
    AbstractApplication,
    AbstractGrant,
    AbstractRefreshToken,
)

from consent.grants.models import Grant

LONGEST_ACCESS = 86_400  # seconds; safe only because every request asks the grant (SR-2.10)


class Application(AbstractApplication):
    """A program of a partner. `approved` are the scopes its review gave it; what it may carry is in the manifest.

    `pkce_exempt` is a recorded exemption of the reviewers: existing clients of the compatible API send no challenge.
    """

    client_secret = None  # hashed and sealed in a table of their own, two at a time
    hash_client_secret = None  # type: ignore[assignment]  # the field is taken out
    user = None

    partner = models.SlugField(max_length=64)
    approved = models.JSONField(default=list)
    description = models.TextField(blank=True, default="")
    pkce_exempt = models.BooleanField(default=False)
    pkce_exempted_by = models.CharField(max_length=64, blank=True, default="")
    access_seconds = models.PositiveIntegerField(default=3600)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(skip_authorization=False), name="consent_is_skipped_for_no_application"
            ),
            models.CheckConstraint(
                condition=Q(authorization_grant_type="authorization-code", client_type="confidential"),
                name="an_application_has_a_secret_and_asks_by_code",
            ),
            models.CheckConstraint(
                condition=Q(access_seconds__gte=60, access_seconds__lte=LONGEST_ACCESS),
                name="an_access_token_lives_a_day_at_most",
            ),
            models.CheckConstraint(
                condition=Q(pkce_exempt=False) | ~Q(pkce_exempted_by=""),
                name="an_exemption_names_who_recorded_it",
            ),
        ]

    def __str__(self) -> str:
        return f"application {self.pk} of {self.partner}"


class ApplicationSecret(models.Model):
    """One secret of an application: a hash for authentication, and a sealed copy for signing what we send it.

    256 bits at random need no slow hash. Two are valid at a time while one is being replaced (SR-2.15).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="secrets")
    hashed = models.CharField(max_length=64)
    sealed = models.TextField()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"secret {self.id}"


class TokenFamily(models.Model):
    """All that came of one consent at authorize: its code, and every token after it. One row, so that one lock does.

    `ends_at` is the absolute end, 365 days after the consent, however often it is refreshed (SR-2.3).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="families")
    consent_grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="families")
    grant_epoch = models.PositiveIntegerField()
    scope = models.TextField()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=24, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["application", "consent_grant"], name="families_of_a_grant")]

    def __str__(self) -> str:
        return f"token family {self.id}"


class Code(AbstractGrant):
    """An authorization code that waits to be redeemed. `code` is its SHA-256; the code itself is nowhere."""

    family = models.ForeignKey(TokenFamily, on_delete=models.CASCADE, related_name="codes")
    redirect_was_sent = models.BooleanField(default=True)

    class Meta:
        verbose_name = "authorization code"

    def __str__(self) -> str:
        return f"code {self.pk}"


class UsedCode(models.Model):
    """The SHA-256 of a code that was redeemed, for 24 hours: its second use ends the family (SR-2.8)."""

    code = models.CharField(primary_key=True, max_length=64)
    family = models.ForeignKey(TokenFamily, on_delete=models.CASCADE, related_name="used_codes")
    used_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"a used code of {self.family_id}"


class AccessToken(AbstractAccessToken):
    """An access token, by its SHA-256 (`token_checksum`). `consent_grant` and `grant_epoch` are what it is worth."""

    id_token = None

    family = models.ForeignKey(TokenFamily, on_delete=models.CASCADE, related_name="access_tokens")
    consent_grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="access_tokens")
    grant_epoch = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"access token {self.pk}"


class RefreshToken(AbstractRefreshToken):
    """A refresh token, by its SHA-256. Used once; `revoked` says when. A second use ends the family (SR-2.3)."""

    family = models.ForeignKey(TokenFamily, on_delete=models.CASCADE, related_name="refresh_tokens")

    def __str__(self) -> str:
        return f"refresh token {self.pk}"


class Inquiry(models.Model):
    """A checked authorization request while the member reads the question: 10 minutes, for one answer (SR-2.7).

    `checked` holds redirect_uri, whether it was sent, state, scopes, challenge. The form carries `ref`.
    """

    ref = models.CharField(primary_key=True, max_length=43)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="inquiries")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="inquiries")
    checked = models.JSONField()
    asked_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"a question for {self.application_id}"


class Count(models.Model):
    """How often something was done in one minute: failures, and calls in all, at the token endpoint (SR-4.10)."""

    what = models.CharField(max_length=80)
    window = models.BigIntegerField()  # Unix time of the window's beginning, in s
    number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["what", "window"], name="one_count_a_window")]

    def __str__(self) -> str:
        return f"{self.number} times {self.what}"
