"""Find an entry by its leaf hash: outsiders ask for a proof by it (RFC 6962 section 4.5).

PostgreSQL keeps four bytes an entry in a hash index; nobody ever sorts by a hash.
"""

from django.db import migrations, models


def index(apps, schema_editor):
    using = "USING hash (leaf)" if schema_editor.connection.vendor == "postgresql" else "(leaf)"
    schema_editor.execute(f"CREATE INDEX entries_by_fingerprint ON audit_log_entry {using}", params=None)


def no_index(apps, schema_editor):
    schema_editor.execute("DROP INDEX entries_by_fingerprint", params=None)


class Migration(migrations.Migration):
    dependencies = [("audit_log", "0003_search_partitions_and_the_line")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(index, no_index)],
            state_operations=[
                migrations.AddIndex("entry", models.Index(fields=["leaf"], name="entries_by_fingerprint"))
            ],
        )
    ]
