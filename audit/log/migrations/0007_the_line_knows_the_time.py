"""Let the line of waiting entries tell each one's time, so that the sequencer asks of their months alone.

Without it PostgreSQL planned every batch over all months there ever were. A place in line without a time is as good: its
batch is looked for everywhere. SQLite has one table and keeps the time for the sake of one model.
"""

from django.db import migrations, models

POSTGRES = """
CREATE OR REPLACE FUNCTION audit_log_stand_in_line() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO audit_log_waiting ({columns}) SELECT {values} FROM fresh;
  RETURN NULL;
END $$;
"""
SQLITE = [
    "DROP TRIGGER audit_log_entry_stands_in_line",
    """CREATE TRIGGER audit_log_entry_stands_in_line AFTER INSERT ON audit_log_entry
    BEGIN INSERT INTO audit_log_waiting ({columns}) VALUES ({values}); END""",
]


def standing(*, timed):
    def make(apps, schema_editor):
        postgres = schema_editor.connection.vendor == "postgresql"
        names = ["id", "at"] if timed else ["id"]
        values = ", ".join(name if postgres else f"NEW.{name}" for name in names)
        columns = "entry, at" if timed else "entry"
        for statement in [POSTGRES] if postgres else SQLITE:
            schema_editor.execute(statement.format(columns=columns, values=values), params=None)

    return make


class Migration(migrations.Migration):
    dependencies = [("audit_log", "0006_an_entry_by_its_id")]

    operations = [
        migrations.AddField("waiting", "at", models.DateTimeField(null=True)),
        migrations.RunPython(standing(timed=True), standing(timed=False)),
    ]
