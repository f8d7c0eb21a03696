"""Let the database refuse to change a receipt or a notice once written: both are evidence (GDPR Art. 7(1)).

Deleting stays possible: erasing a member takes their receipts along.
"""

from django.db import migrations

TABLES = ("consent_grants_receipt", "consent_grants_notice")


def forbid(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    if postgres:
        schema_editor.execute(
            """CREATE FUNCTION evidence_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'Evidence of consent never changes: UPDATE is refused.'; END $$""",
            params=None,
        )
    for table in TABLES:
        body = (
            "FOR EACH ROW EXECUTE FUNCTION evidence_never_changes()"
            if postgres
            else "BEGIN SELECT RAISE(ABORT, 'Evidence of consent never changes: UPDATE is refused.'); END"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {body}", params=None
        )


def allow_again(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        schema_editor.execute(
            f"DROP TRIGGER {table}_no_update{f' ON {table}' if postgres else ''}", params=None
        )
    if postgres:
        schema_editor.execute("DROP FUNCTION evidence_never_changes()", params=None)


class Migration(migrations.Migration):
    dependencies = [("consent_grants", "0001_the_records_of_consent")]

    operations = [migrations.RunPython(forbid, allow_again)]
