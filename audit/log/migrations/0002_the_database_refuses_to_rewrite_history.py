"""Let the database itself refuse to rewrite history (45 CFR 164.528: six years of disclosures; SR-8.4).

PostgreSQL's triggers are ENABLE ALWAYS: ordinary ones are skipped while `session_replication_role` is `replica`.
SQLite needs a third one: `INSERT OR REPLACE` replaces a row without firing the other two.
"""

from django.db import migrations

POSTGRES = """
CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The audit log is append-only: % is refused.', TG_OP;
END $$;
CREATE TRIGGER audit_log_entry_no_update_or_delete BEFORE UPDATE OR DELETE ON audit_log_entry
  FOR EACH ROW EXECUTE FUNCTION audit_log_is_append_only();
CREATE TRIGGER audit_log_entry_no_truncate BEFORE TRUNCATE ON audit_log_entry
  FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();
ALTER TABLE audit_log_entry ENABLE ALWAYS TRIGGER audit_log_entry_no_update_or_delete;
ALTER TABLE audit_log_entry ENABLE ALWAYS TRIGGER audit_log_entry_no_truncate;
"""
POSTGRES_BACK = """
DROP TRIGGER audit_log_entry_no_update_or_delete ON audit_log_entry;
DROP TRIGGER audit_log_entry_no_truncate ON audit_log_entry;
DROP FUNCTION audit_log_is_append_only();
"""
SQLITE = [
    """CREATE TRIGGER audit_log_entry_no_update BEFORE UPDATE ON audit_log_entry
    BEGIN SELECT RAISE(ABORT, 'The audit log is append-only: UPDATE is refused.'); END""",
    """CREATE TRIGGER audit_log_entry_no_delete BEFORE DELETE ON audit_log_entry
    BEGIN SELECT RAISE(ABORT, 'The audit log is append-only: DELETE is refused.'); END""",
    """CREATE TRIGGER audit_log_entry_no_replace BEFORE INSERT ON audit_log_entry
    WHEN EXISTS (SELECT 1 FROM audit_log_entry WHERE id = NEW.id OR event_id = NEW.event_id)
    BEGIN SELECT RAISE(ABORT, 'The audit log is append-only: REPLACE is refused.'); END""",
]
SQLITE_BACK = [f"DROP TRIGGER audit_log_entry_no_{what}" for what in ("update", "delete", "replace")]


def forbid(apps, schema_editor):
    for statement in [POSTGRES] if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def allow_again(apps, schema_editor):
    for statement in [POSTGRES_BACK] if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("audit_log", "0001_the_log")]

    operations = [migrations.RunPython(forbid, allow_again)]
