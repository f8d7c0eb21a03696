"""Close two ways past 0002: `INSERT OR REPLACE` on SQLite fires no update trigger, and PostgreSQL skips ordinary ones
while `session_replication_role` is `replica` (as with the log, SR-8.4).
"""

from django.db import migrations

KEYS = {"consent_grants_receipt": "ref", "consent_grants_notice": "digest"}


def forbid(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for table, key in KEYS.items():
        statement = (
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_update"
            if postgres
            else f"""CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
            WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})
            BEGIN SELECT RAISE(ABORT, 'Evidence of consent never changes: REPLACE is refused.'); END"""  # noqa: S608
        )
        schema_editor.execute(statement, params=None)


def allow_again(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for table in KEYS:
        statement = (
            f"ALTER TABLE {table} ENABLE TRIGGER {table}_no_update"
            if postgres
            else f"DROP TRIGGER {table}_no_replace"
        )
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("consent_grants", "0003_purposes_of_more_partners")]

    operations = [migrations.RunPython(forbid, allow_again)]
