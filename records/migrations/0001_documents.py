"""The member's documents, sealed: one table for what may ever leave, one for what is theirs alone."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="PrivateDocument",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("owner", models.CharField(db_index=True, max_length=32)),
                ("body", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "owner",
                    models.CharField(
                        help_text="keyed digest; leads back to nobody without their key", max_length=32
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("day", models.DateField(help_text="the member's calendar day; the UTC day of a series")),
                (
                    "origin",
                    models.CharField(help_text="who made it: ring, file, or a partner's slug", max_length=64),
                ),
                ("body", models.TextField()),
                ("saved_at", models.DateTimeField()),
                ("revision", models.PositiveIntegerField(default=1)),
            ],
            options={
                "indexes": [models.Index(fields=["owner", "kind", "day"], name="documents_of_an_owner")],
            },
        ),
    ]
