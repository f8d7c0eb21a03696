"""Keep of a receipt what was signed, and no second copy of it that could differ.

The document is the payload of the signature (RFC 7515): a column beside it could be wrong, and cost every stop a tenth.
One that differs is evidence of somebody's hand in it: then nothing is dropped, and the receipts are named.
"""

import base64
import json
import sqlite3

from django.db import migrations

DROP = "ALTER TABLE consent_grants_receipt DROP COLUMN document"
# A table that is written anew fires no trigger of its rows, so that what never changes stays under its guard.
POSTGRES_BACK = """
ALTER TABLE consent_grants_receipt ADD COLUMN document jsonb NOT NULL DEFAULT '{}';
ALTER TABLE consent_grants_receipt ALTER COLUMN document DROP DEFAULT;
ALTER TABLE consent_grants_receipt ALTER COLUMN document TYPE jsonb USING convert_from(decode(rpad(
  translate(split_part(jws, '.', 2), '-_', '+/'), (length(split_part(jws, '.', 2)) + 3) / 4 * 4, '='
), 'base64'), 'UTF8')::jsonb;
"""
GUARD = "SELECT sql FROM sqlite_master WHERE name = 'consent_grants_receipt_no_update'"


def payload(jws):
    return base64.urlsafe_b64decode(f"{jws.split('.')[1]}==").decode()


def differs(document, jws):
    try:
        return document != json.loads(payload(jws))
    except (ValueError, IndexError):  # no signature, no base64, no JSON
        return True


def drop(apps, schema_editor):
    rows = apps.get_model("consent_grants", "Receipt").objects.values_list("ref", "document", "jws")
    if differing := [str(ref) for ref, document, jws in rows.iterator() if differs(document, jws)]:
        raise ValueError(
            f"{len(differing)} receipts say something else than what was signed, {', '.join(differing[:5])} among them. "
            "Keep a copy of the database and find out who changed them; what was signed is in `jws`."
        )
    schema_editor.execute(DROP, params=None)


def put_back(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES_BACK, params=None)
        return
    raw: sqlite3.Connection = schema_editor.connection.connection
    raw.create_function("payload", 1, payload)
    (guard,) = raw.execute(GUARD).fetchone()
    schema_editor.execute("DROP TRIGGER consent_grants_receipt_no_update", params=None)
    schema_editor.execute(
        "ALTER TABLE consent_grants_receipt ADD COLUMN document text NOT NULL DEFAULT '{}'", params=None
    )
    schema_editor.execute("UPDATE consent_grants_receipt SET document = payload(jws)", params=None)
    schema_editor.execute(guard, params=None)


class Migration(migrations.Migration):
    dependencies = [("consent_grants", "0006_evidence_goes_only_on_purpose")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop, put_back)],
            state_operations=[migrations.RemoveField("receipt", "document")],
        )
    ]
