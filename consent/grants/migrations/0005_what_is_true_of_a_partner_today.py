"""One row for a partner that was ever suspended, or whose manifest came from a review."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("consent_grants", "0004_evidence_is_not_replaced_either")]

    operations = [
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("slug", models.SlugField(max_length=64, primary_key=True, serialize=False)),
                ("status", models.CharField(default="active", max_length=10)),
                ("epoch", models.PositiveIntegerField(default=1)),
                ("manifest", models.JSONField(blank=True, null=True)),
                ("digest", models.CharField(blank=True, default="", max_length=71)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(status__in=["active", "suspended"]), name="partner_status_is_known"
                    ),
                    models.CheckConstraint(
                        condition=Q(manifest__isnull=True, digest="")
                        | Q(manifest__isnull=False, digest__startswith="sha256:"),
                        name="a_reviewed_manifest_is_known_by_its_digest",
                    ),
                ],
            },
        ),
    ]
