"""Make the months that can be made, also where one cannot: its entries came before it and lie in the last resort.

PostgreSQL refuses a partition whose rows the default one holds already. A worker that was away over the turn of a month
would then never make any month again; now that month stays where it began and the next ones get their own.
"""

from django.db import migrations

PREPARE = """
CREATE OR REPLACE FUNCTION audit_log_prepare_months(first date, months integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  month date;
  part text;
  begins timestamptz;
  ends timestamptz;
  made integer := 0;
BEGIN
  FOR ahead IN 0..months - 1 LOOP
    month := (date_trunc('month', first) + make_interval(months => ahead))::date;
    part := 'audit_log_entry_' || to_char(month, 'YYYY_MM');
    begins := (month || ' 00:00:00+00')::timestamptz;
    ends := ((month + interval '1 month')::date || ' 00:00:00+00')::timestamptz;
    CONTINUE WHEN to_regclass(part) IS NOT NULL
      {unless};
    EXECUTE format('CREATE TABLE %I PARTITION OF audit_log_entry FOR VALUES FROM (%L) TO (%L)', part, begins, ends);
    PERFORM audit_log_guard_partition(part::regclass);
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;
"""
BEGUN = "OR EXISTS (SELECT 1 FROM audit_log_entry_other o WHERE o.at >= begins AND o.at < ends)"


def prepare(unless):
    def make(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(PREPARE.format(unless=unless), params=None)

    return make


class Migration(migrations.Migration):
    dependencies = [("audit_log", "0004_entries_by_their_fingerprint")]

    operations = [migrations.RunPython(prepare(BEGUN), prepare(""))]
