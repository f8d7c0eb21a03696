"""One row per message of a partner, each once."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="InboundNotice",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("partner", models.SlugField(max_length=64)),
                ("message_id", models.CharField(max_length=200)),
                ("verb", models.CharField(max_length=16)),
                ("account_digest", models.CharField(max_length=32)),
                ("reference", models.CharField(blank=True, max_length=128)),
                ("state", models.CharField(default="pending", max_length=10)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("token", models.UUIDField(blank=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("next_attempt_at", models.DateTimeField()),
                ("trouble", models.CharField(blank=True, max_length=40)),
                ("received_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["pending", "working"])),
                        fields=["next_attempt_at"],
                        name="inbound_notices_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner", "message_id"), name="one_row_per_message_of_a_partner"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["pending", "working", "done", "dead"])),
                        name="inbound_notice_state_is_known",
                    ),
                ],
            },
        ),
    ]
