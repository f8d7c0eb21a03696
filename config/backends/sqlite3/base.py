"""Django's SQLite backend with one thing less: no `JSON_VALID` check on JSON columns.

SQLite before 3.43 calls JSON functions unsafe in a schema, and `trusted_schema=OFF` (SR-8.4) then refuses the table.
The check is no loss: Django writes these columns from Python values, never from text.
"""

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    data_type_check_constraints = {
        name: check
        for name, check in base.DatabaseWrapper.data_type_check_constraints.items()
        if name != "JSONField"
    }
