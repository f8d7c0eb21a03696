from django.db import migrations, models


class Migration(migrations.Migration):
    """Every policy that decides something is kept, so that its decisions can be run again."""

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="PolicyVersion",
            fields=[
                ("digest", models.CharField(max_length=71, primary_key=True, serialize=False)),
                ("document", models.TextField()),
                ("first_used_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("digest__startswith", "sha256:")),
                        name="a_policy_is_known_by_its_digest",
                    )
                ],
            },
        ),
    ]
