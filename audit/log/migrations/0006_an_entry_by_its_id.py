"""Find an entry by its id with a plan that is made once a session.

An id tells no month, so every partition's index is asked: some microseconds each. Planning that anew for each question
took longer than all the rest of a proof, and longer with every month; inside a function PostgreSQL keeps the plan.
"""

from django.db import migrations

FIND = """
CREATE FUNCTION audit_log_entry_of(wanted uuid) RETURNS TABLE (id bigint, at timestamptz, body bytea)
  LANGUAGE plpgsql STABLE ROWS 1 AS $$
BEGIN
  RETURN QUERY SELECT e.id, e.at, e.body FROM audit_log_entry e WHERE e.event_id = wanted;
END $$;
"""


def find(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FIND, params=None)


def no_more(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION audit_log_entry_of(uuid)", params=None)


class Migration(migrations.Migration):
    dependencies = [("audit_log", "0005_a_month_that_has_begun_elsewhere")]

    operations = [migrations.RunPython(find, no_more)]
