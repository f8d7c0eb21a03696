"""G9 to G15: the audit log at the size that BENCH_ROWS names, on a PostgreSQL whose commits wait for the disk.

`python -m bench.audit` measures on the database of DATABASE_URL, which it fills first. `make bench` starts one.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import django
from django.core.management import call_command
from django.db import connection

from bench.goals import Goal

SMALL = 200_000
SIZE = int(os.environ.get("BENCH_ROWS") or SMALL)
ONLY = frozenset(os.environ.get("BENCH_ONLY", "").split())  # parts by name; all unless told
DRAIN, OF_COPY = 20_000, 0.2


def parts() -> dict[str, Callable[[], Iterable[Goal]]]:
    from bench import audit_checking, audit_exports, audit_pages, audit_writers

    return {
        "backlog": _backlog,
        "pages": partial(audit_pages.goals, SIZE),
        "exports": partial(audit_exports.goals, SIZE),
        "checking": audit_checking.goals,
        "writers": audit_writers.goals,
    }


def _backlog() -> Iterator[Goal]:
    """Fill the log, which takes in the last of it apart. A log that is large enough already stays as it is."""
    from audit.log.models import Entry
    from bench import audit_entries, audit_filling

    audit_entries.check()
    if Entry.objects.count() >= SIZE:
        return
    copied, drained = audit_filling.fill(SIZE)
    yield Goal(
        "G10", f"a backlog taken in at {drained:,.0f} entries/s, against COPY into the log ({copied:,.0f}/s); "
        f"{DRAIN:,}/s would do as well", max(drained / copied, OF_COPY if drained >= DRAIN else 0), OF_COPY,
    )  # fmt: skip


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    if "audit_log_entry" not in connection.introspection.table_names():  # a log that was kept stays as it is
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
    for name, goals in parts().items():
        if not ONLY or name in ONLY:
            for goal in goals():
                print(goal.line(), flush=True)


if __name__ == "__main__":
    main()
