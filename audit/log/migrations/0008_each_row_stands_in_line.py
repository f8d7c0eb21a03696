"""Let each row put itself in line, where a statement did it for all of its rows.

A statement's trigger stands on the log's table alone: an entry that its owner inserted into a month stood in no line. A
row's trigger is cloned to every month, those to come included, and needs no table of the fresh rows, which cost every
act some microseconds more (bench G9). A new month is told ENABLE ALWAYS by itself: not every PostgreSQL clones it.
"""

from django.db import migrations

STANDING = """
DROP TRIGGER audit_log_entry_stands_in_line ON audit_log_entry;
CREATE OR REPLACE FUNCTION audit_log_stand_in_line() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO audit_log_waiting (entry, at) {fresh};
  RETURN NULL;
END $$;
CREATE TRIGGER audit_log_entry_stands_in_line AFTER INSERT ON audit_log_entry
  {each} EXECUTE FUNCTION audit_log_stand_in_line();
ALTER TABLE audit_log_entry ENABLE ALWAYS TRIGGER audit_log_entry_stands_in_line;
"""
EACH_ROW = STANDING.format(fresh="VALUES (NEW.id, NEW.at)", each="FOR EACH ROW")
EACH_STATEMENT = STANDING.format(
    fresh="SELECT id, at FROM fresh", each="REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT"
)
GUARD = """
CREATE OR REPLACE FUNCTION audit_log_guard_partition(part regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER audit_log_entry_no_update_or_delete', part);
  {line}
  EXECUTE format('CREATE TRIGGER audit_log_entry_no_truncate BEFORE TRUNCATE ON %s
                  FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only()', part);
  EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER audit_log_entry_no_truncate', part);
END $$;
"""
LINE = "EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER audit_log_entry_stands_in_line', part);"


def standing(trigger, line):
    def make(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(trigger, params=None)
            schema_editor.execute(GUARD.format(line=line), params=None)

    return make


class Migration(migrations.Migration):
    dependencies = [("audit_log", "0007_the_line_knows_the_time")]

    operations = [migrations.RunPython(standing(EACH_ROW, LINE), standing(EACH_STATEMENT, ""))]
