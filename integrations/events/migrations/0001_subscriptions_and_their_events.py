"""Webhook subscriptions, and the outbox of their events: references only."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("consent_grants", "0006_evidence_goes_only_on_purpose"),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("callback_url", models.TextField()),
                ("event_type", models.CharField(max_length=6)),
                ("data_type", models.CharField(max_length=40)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("failing_since", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_why", models.CharField(blank=True, default="", max_length=24)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscriptions",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EventDelivery",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("grant_epoch", models.PositiveIntegerField()),
                ("event_type", models.CharField(max_length=6)),
                ("data_type", models.CharField(max_length=40)),
                ("document_ref", models.UUIDField()),
                ("kind", models.CharField(max_length=40)),
                ("day", models.DateField()),
                ("flows", models.JSONField()),
                ("state", models.CharField(default="pending", max_length=10)),
                ("attempt", models.PositiveIntegerField(default=0)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("token", models.UUIDField(blank=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("send_until", models.DateTimeField(blank=True, null=True)),
                ("next_attempt_at", models.DateTimeField()),
                ("trouble", models.CharField(blank=True, default="", max_length=40)),
                ("decision_event", models.UUIDField(blank=True, null=True)),
                ("outcome_event", models.UUIDField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="consent_grants.grant",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="events.subscription",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "event deliveries",
            },
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("application", "event_type", "data_type"),
                name="one_live_subscription_for_each_kind_of_event",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("ended_why", "")),
                    models.Q(("ended_at__isnull", False), models.Q(("ended_why", ""), _negated=True)),
                    _connector="OR",
                ),
                name="subscription_says_why_it_ended",
            ),
        ),
        migrations.AddIndex(
            model_name="eventdelivery",
            index=models.Index(
                condition=models.Q(("state", "pending")), fields=["next_attempt_at"], name="events_due"
            ),
        ),
        migrations.AddIndex(
            model_name="eventdelivery",
            index=models.Index(
                condition=models.Q(("state", "sending")), fields=["lease_until"], name="events_held"
            ),
        ),
        migrations.AddIndex(
            model_name="eventdelivery",
            index=models.Index(fields=["grant", "document_ref"], name="events_of_a_document"),
        ),
        migrations.AddConstraint(
            model_name="eventdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["pending", "sending", "delivered", "refused", "dead", "cancelled", "expired"],
                    )
                ),
                name="event_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="eventdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ended_at__isnull", False),
                        ("state__in", ["delivered", "refused", "dead", "cancelled", "expired"]),
                    ),
                    models.Q(
                        models.Q(
                            ("state__in", ["delivered", "refused", "dead", "cancelled", "expired"]),
                            _negated=True,
                        ),
                        ("ended_at", None),
                    ),
                    _connector="OR",
                ),
                name="event_has_an_end_exactly_when_its_state_is_final",
            ),
        ),
        migrations.AddConstraint(
            model_name="eventdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("lease_until__isnull", False),
                        ("send_until__isnull", False),
                        ("state", "sending"),
                        ("token__isnull", False),
                    ),
                    models.Q(
                        models.Q(("state", "sending"), _negated=True),
                        ("lease_until", None),
                        ("send_until", None),
                        ("token", None),
                    ),
                    _connector="OR",
                ),
                name="event_is_held_exactly_while_it_is_sending",
            ),
        ),
    ]
