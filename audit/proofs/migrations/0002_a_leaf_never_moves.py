"""Let the database itself refuse to move a leaf or to take back a checkpoint (SR-8.4)."""

from django.db import migrations

TABLES = {"audit_proofs_leaf": "index", "audit_proofs_checkpoint": "size"}
POSTGRES = """
CREATE TRIGGER {table}_no_update_or_delete BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION audit_log_is_append_only();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_update_or_delete;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate;
"""
POSTGRES_BACK = """
DROP TRIGGER {table}_no_update_or_delete ON {table};
DROP TRIGGER {table}_no_truncate ON {table};
"""
SQLITE = {
    "no_update": """CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
    BEGIN SELECT RAISE(ABORT, 'The audit log is append-only: UPDATE is refused.'); END""",
    "no_delete": """CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
    BEGIN SELECT RAISE(ABORT, 'The audit log is append-only: DELETE is refused.'); END""",
    "no_replace": """CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
    WHEN EXISTS (SELECT 1 FROM {table} WHERE "{key}" = NEW."{key}")
    BEGIN SELECT RAISE(ABORT, 'The audit log is append-only: REPLACE is refused.'); END""",
}


def forbid(apps, schema_editor):
    statements = [POSTGRES] if schema_editor.connection.vendor == "postgresql" else list(SQLITE.values())
    for table, key in TABLES.items():
        for statement in statements:
            schema_editor.execute(statement.format(table=table, key=key), params=None)


def allow_again(apps, schema_editor):
    for table in TABLES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(POSTGRES_BACK.format(table=table), params=None)
            continue
        for name in SQLITE:
            schema_editor.execute(f"DROP TRIGGER {table}_{name}", params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("audit_proofs", "0001_the_tree"),
        ("audit_log", "0003_search_partitions_and_the_line"),
    ]

    operations = [migrations.RunPython(forbid, allow_again)]
