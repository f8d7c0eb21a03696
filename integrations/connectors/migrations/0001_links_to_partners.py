"""Connections with sealed credentials, and our subscriptions to partners' webhooks."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PartnerSubscription",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("partner", models.SlugField(max_length=64, unique=True)),
                (
                    "subscription",
                    models.CharField(blank=True, help_text="the partner's own id for it", max_length=64),
                ),
                ("callback", models.URLField(max_length=255)),
                ("verify_token", models.TextField()),
                ("next_attempt_at", models.DateTimeField(blank=True, null=True)),
                ("made_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Connection",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("grant_ref", models.UUIDField(unique=True)),
                ("grant_epoch", models.PositiveIntegerField()),
                ("partner", models.SlugField(max_length=64)),
                ("status", models.CharField(default="waiting", max_length=10)),
                ("account", models.TextField(blank=True)),
                ("account_digest", models.CharField(blank=True, max_length=32)),
                ("credentials", models.TextField(blank=True)),
                (
                    "expires_at",
                    models.DateTimeField(blank=True, help_text="when the access token does", null=True),
                ),
                (
                    "granted",
                    models.JSONField(default=list, help_text="the scopes that the partner really granted"),
                ),
                ("refresh_lease_until", models.DateTimeField(blank=True, null=True)),
                ("state_digest", models.CharField(blank=True, max_length=64)),
                ("state_expires_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "forgotten_at",
                    models.DateTimeField(blank=True, help_text="when what came in was deleted", null=True),
                ),
                (
                    "told_at",
                    models.DateTimeField(blank=True, help_text="when the partner knew of the end", null=True),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveIntegerField(default=0, help_text="of telling the partner")),
                ("next_attempt_at", models.DateTimeField(blank=True, null=True)),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="connections",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("account_digest", ""), _negated=True),
                        fields=["partner", "account_digest"],
                        name="connections_of_an_account",
                    ),
                    models.Index(
                        condition=models.Q(("status", "ending")),
                        fields=["next_attempt_at"],
                        name="connections_to_tell",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["waiting", "open", "refused", "broken", "ending", "ended"])
                        ),
                        name="connection_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["waiting", "refused", "ended"]), _negated=True),
                            ("credentials", ""),
                            _connector="OR",
                        ),
                        name="connection_holds_no_credentials_before_it_opens_or_after_it_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", False), ("status", "ended")),
                            models.Q(models.Q(("status", "ended"), _negated=True), ("ended_at", None)),
                            _connector="OR",
                        ),
                        name="connection_has_an_end_exactly_when_it_has_ended",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state_digest", ""), _negated=True),
                        fields=("state_digest",),
                        name="one_connection_per_oauth_state",
                    ),
                ],
            },
        ),
    ]
