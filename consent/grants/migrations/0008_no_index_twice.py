"""Drop four indexes that others say already: each cost every act of consent some microseconds and found nothing.

A unique constraint that begins with the grant finds a grant's rows as well; nobody looks for a part of a partner's or a
notice's name (PostgreSQL keeps a second index on text for LIKE).
"""

from django.db import migrations, models

TWICE = (
    ("consent_grants_receipt_grant_id_97c1dd6c", "consent_grants_receipt (grant_id)"),
    ("consent_grants_toggle_grant_id_378f70a8", "consent_grants_toggle (grant_id)"),
)
FOR_LIKE = (
    ("consent_grants_grant_partner_4670103b_like", "consent_grants_grant (partner varchar_pattern_ops)"),
    ("consent_grants_grant_notice_id_84df1191_like", "consent_grants_grant (notice_id varchar_pattern_ops)"),
)


def _indexes(schema_editor):
    return (*TWICE, *FOR_LIKE) if schema_editor.connection.vendor == "postgresql" else TWICE


def drop(apps, schema_editor):
    for name, _ in _indexes(schema_editor):
        schema_editor.execute(f"DROP INDEX {name}", params=None)


def put_back(apps, schema_editor):
    for name, on in _indexes(schema_editor):
        schema_editor.execute(f"CREATE INDEX {name} ON {on}", params=None)


class Migration(migrations.Migration):
    dependencies = [("consent_grants", "0007_a_receipt_is_what_was_signed")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop, put_back)],
            state_operations=[
                migrations.AlterField(
                    model,
                    "grant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.CASCADE,
                        related_name=f"{model}s",
                        to="consent_grants.grant",
                    ),
                )
                for model in ("receipt", "toggle")
            ],
        )
    ]
