"""Let the database refuse to delete a grant, a receipt or a notice, but where somebody says that it is let go of.

With its member, or past its term: `consent.grants.letting_go` leaves a mark in the transaction that deletes, and takes it
away again before the commit, so that no other transaction ever sees one (GDPR Art. 7(1), 17).
"""

from django.db import migrations

TABLES = ("consent_grants_grant", "consent_grants_receipt", "consent_grants_notice")
MARK = "consent_grants_letting_go"


POSTGRES = """
CREATE FUNCTION evidence_goes_on_purpose() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM consent_grants_letting_go) THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'Evidence of consent goes with its member or past its term: % is refused.', TG_OP;
END $$
"""
POSTGRES_TABLE = """
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION evidence_goes_on_purpose();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION evidence_goes_on_purpose();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_delete;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate;
"""
SQLITE_TABLE = """
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
WHEN NOT EXISTS (SELECT 1 FROM consent_grants_letting_go)
BEGIN SELECT RAISE(ABORT, 'Evidence of consent goes with its member or past its term: DELETE is refused.'); END
"""


def forbid(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(f"CREATE TABLE {MARK} (began timestamp NOT NULL)", params=None)
    if postgres:
        schema_editor.execute(POSTGRES, params=None)
    for table in TABLES:
        schema_editor.execute((POSTGRES_TABLE if postgres else SQLITE_TABLE).format(table=table), params=None)


def allow_again(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        for what in ("delete", "truncate") if postgres else ("delete",):
            schema_editor.execute(
                f"DROP TRIGGER {table}_no_{what}{f' ON {table}' if postgres else ''}", params=None
            )
    if postgres:
        schema_editor.execute("DROP FUNCTION evidence_goes_on_purpose()", params=None)
    schema_editor.execute(f"DROP TABLE {MARK}", params=None)


class Migration(migrations.Migration):
    dependencies = [("consent_grants", "0005_what_is_true_of_a_partner_today")]

    operations = [migrations.RunPython(forbid, allow_again)]
