"""Keep how each check of the whole log ended."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit_proofs", "0002_a_leaf_never_moves")]

    operations = [
        migrations.CreateModel(
            name="Verification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("size", models.BigIntegerField()),
                ("root", models.BinaryField(max_length=32)),
                ("ok", models.BooleanField()),
                ("finding", models.TextField(blank=True)),
                ("first_bad", models.BigIntegerField(null=True)),
                ("witness", models.CharField(max_length=200)),
            ],
        ),
    ]
