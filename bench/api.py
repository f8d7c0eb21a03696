"""G5, G7 and G8: the partner API and stops, on a PostgreSQL whose commits wait for the disk.

`python -m bench.api` measures on the server of DATABASE_URL, in a database of its own. `make bench` starts one.
"""

import os
import warnings

import django

ONLY = frozenset(os.environ.get("BENCH_ONLY", "").split())  # parts by name; this one is `api`


def main() -> None:
    if ONLY and "api" not in ONLY:
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from bench import api_requests

    warnings.filterwarnings("ignore", "No directory at")  # pictures and styles, of which no bench asks
    for goal in api_requests.goals():
        print(goal.line(), flush=True)


if __name__ == "__main__":
    main()
