"""The outbox: one row of references per document on its way to a partner."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("consent_grants", "0002_a_receipt_never_changes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("grant_epoch", models.PositiveIntegerField()),
                ("flow", models.CharField(max_length=64)),
                ("toggle_epoch", models.PositiveIntegerField()),
                ("document_ref", models.UUIDField()),
                ("kind", models.CharField(max_length=40)),
                ("day", models.DateField()),
                ("state", models.CharField(default="pending", max_length=10)),
                ("attempt", models.PositiveIntegerField(default=0)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("token", models.UUIDField(blank=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("send_until", models.DateTimeField(blank=True, null=True)),
                ("next_attempt_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("progress", models.JSONField(default=dict)),
                ("reference", models.CharField(blank=True, max_length=128)),
                ("trouble", models.CharField(blank=True, max_length=40)),
                ("decision_event", models.UUIDField(blank=True, null=True)),
                ("outcome_event", models.UUIDField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="consent_grants.grant",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")),
                        fields=["next_attempt_at"],
                        name="deliveries_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "sending")),
                        fields=["lease_until"],
                        name="deliveries_held",
                    ),
                    models.Index(fields=["grant", "day", "flow"], name="deliveries_of_a_day"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("grant", "flow", "document_ref"),
                        name="one_delivery_per_grant_flow_and_document",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "pending",
                                    "sending",
                                    "delivered",
                                    "refused",
                                    "dead",
                                    "cancelled",
                                    "expired",
                                ],
                            )
                        ),
                        name="delivery_state_is_known",
                    ),
                    models.CheckConstraint(
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
                        name="delivery_has_an_end_exactly_when_its_state_is_final",
                    ),
                    models.CheckConstraint(
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
                        name="delivery_is_held_exactly_while_it_is_sending",
                    ),
                ],
            },
        ),
    ]
