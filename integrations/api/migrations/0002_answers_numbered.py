"""Number the answers of each grant, so that one without an entry leaves a gap. The row goes with its grant."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("api", "0001_requests_counted"),
        ("consent_grants", "0006_evidence_goes_only_on_purpose"),
    ]

    operations = [
        migrations.AddField(
            model_name="spent",
            name="answers",
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="spent",
            name="grant",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="consent_grants.grant",
            ),
        ),
    ]
