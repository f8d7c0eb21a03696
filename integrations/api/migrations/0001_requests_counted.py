"""How many requests each token and application has made: one row each, counted up in place."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Spent",
            fields=[
                ("subject", models.CharField(max_length=80, primary_key=True, serialize=False)),
                (
                    "span",
                    models.BigIntegerField(
                        help_text="which window: seconds since 1970, divided by its length"
                    ),
                ),
                ("used", models.PositiveIntegerField()),
            ],
        ),
    ]
