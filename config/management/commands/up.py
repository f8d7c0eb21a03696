"""`manage.py up`: everything `make run` needs, in one terminal, stopped by one Ctrl-C."""

import os
import sys
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, call_command
from django.db import DatabaseError, NotSupportedError, connection, transaction

from config import running
from config.environment import writable

SINCE: dict[str, tuple[int, ...]] = {"postgresql": (15,), "sqlite": (3, 35)}
NEEDED = "PostgreSQL 15 or newer, or SQLite 3.35 or newer"
THREADS = "16"
LONGEST_LINE = (
    "8190"  # bytes of a request's first line, the most that gunicorn counts: what we take fits in it
)
WELCOME = """
Ringfence is at http://127.0.0.1:{port}/ (and http://localhost:{port}/). Ctrl-C stops it.

  Accounts of the demo world, each with the password demo-ringfence:
    maya@demo.example      member, United States, cycle data, 90 days
    noah@demo.example      member, Finland, membership lapsed
    lin@demo.example       member, United States, no connection yet
    strava@demo.example, sahha@demo.example          partner staff
    reviewer@demo.example, reviewer2@demo.example    review partners
    auditor@demo.example, auditor2@demo.example      compliance
    support@demo.example   support

  Lin's ring:            http://127.0.0.1:{port}/demo/ring/
  What Strava received:  http://127.0.0.1:{port}/demo/strava/received
"""


class Command(BaseCommand):
    help = "Set up the database, load the demo world when it is empty, and run the web server and the worker."
    requires_system_checks: list[str] = []  # the port and the database are asked first, for a clear sentence

    def handle(self, *args: Any, **options: Any) -> None:
        os.umask(0o077)  # SQLite's file is ours alone (SR-8.4)
        if not running.port_is_free(settings.PORT):
            sys.exit(f"Port {settings.PORT} is in use. Choose another: make run PORT={settings.PORT + 1}")
        writable(settings.VAR_DIR)
        settings.STATIC_ROOT.mkdir(exist_ok=True)
        ask_the_database()
        self.prepare()
        connection.close()
        sys.exit(serve())

    def prepare(self) -> None:
        self.stdout.write("Setting up the database ...")
        call_command("check", stdout=StringIO())
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        from records.members.models import Member

        if settings.DEMO and not Member.objects.exists():
            self.stdout.write("Loading the demo world ...")
            with transaction.atomic():  # all of it or, after a Ctrl-C, none
                call_command("demo", stdout=StringIO())


def ask_the_database() -> None:
    """Exit with one sentence when the database does not answer or is too old."""
    try:
        connection.ensure_connection()
        if trouble := too_old(connection.vendor, connection.get_database_version()):
            sys.exit(trouble)
    except NotSupportedError:  # older than Django itself takes
        sys.exit(f"This database is too old. Ringfence needs {NEEDED}.")
    except DatabaseError:
        sys.exit(
            "The database of DATABASE_URL does not answer. Start it or correct the address; "
            "unset DATABASE_URL to use SQLite in var/."
        )


def too_old(vendor: str, version: tuple[int, ...]) -> str | None:
    """Return the sentence for a database that is older than what we test on, else None."""
    if version >= SINCE[vendor]:
        return None
    return f"This database is too old ({'.'.join(map(str, version))}). Ringfence needs {NEEDED}."


def serve() -> int:
    """Run web and worker until one ends or we are asked to. Returns the exit code."""
    running.listen_for_the_end()
    children: list[running.Child] = []
    environment = {**os.environ, "PORT": str(settings.PORT)}
    try:
        web = running.start([sys.executable, "-m", "gunicorn", *_gunicorn()], environment)
        children.append(web)
        children.append(running.start([sys.executable, "manage.py", "worker"], environment))
        if running.answers(settings.PORT, web):
            print(WELCOME.format(port=settings.PORT), flush=True)
        ended = running.wait_for_any(children)
    except running.Asked:
        return 0
    else:
        name = "web server" if ended is web else "worker"
        print(f"The {name} ended (exit code {ended.returncode}), so everything stops.", file=sys.stderr)
        return 1
    finally:
        running.stop(children)


def _gunicorn() -> list[str]:
    """One process: limits counted in it hold, and 16 threads are plenty for one machine. No access log (DESIGN)."""
    binds = [part for address in running.loopback_addresses(settings.PORT) for part in ("--bind", address)]
    return [
        *binds, "--worker-class", "gthread", "--workers", "1", "--threads", THREADS, "--log-level", "warning",
        "--graceful-timeout", "5", "--limit-request-line", LONGEST_LINE, "config.wsgi:application",
    ]  # fmt: skip
