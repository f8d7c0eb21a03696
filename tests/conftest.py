"""What every test stands on: a real database, the demo profile with fixed keys, and a real Chromium where asked for.

The environment is set here, before Django reads it. `DATABASE_URL` decides the database: unset it is a SQLite file;
`make test` runs everything a second time on PostgreSQL.
"""

import base64
import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
CI = os.environ.get("CI", "").lower() in {"1", "true"}
BOTH_PASSES = bool(os.environ.pop("BOTH_PASSES", ""))  # `make test`; not what a test starts

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps a loop running in the test's thread
os.environ["DEMO"] = "1"
os.environ["SECRET_KEY"] = "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH"
os.environ["RINGFENCE_MASTER_KEYS"] = "t1:" + base64.b64encode(bytes(range(32))).decode()
os.environ["RINGFENCE_LOG_KEY"] = base64.b64encode(bytes(range(32, 64))).decode()
os.environ.setdefault("RINGFENCE_VAR", str(ROOT / "var" / "tests"))
for name in ("DEBUG", "ALLOWED_HOSTS", "RINGFENCE_BASE_URL", "CACHE_URL", "BROKER_URL", "EMAIL_URL"):
    os.environ.pop(name, None)
(Path(os.environ["RINGFENCE_VAR"]) / "static").mkdir(parents=True, exist_ok=True)

import django
from django.conf import settings
from django.test import SimpleTestCase

django.setup()

from consent.manifests import register
from tests.support.flushing import lift_the_triggers_while_flushing
from tests.support.sizes import FULL

lift_the_triggers_while_flushing()

# A busy machine is no counterexample: how long an example took says nothing about the house.
hypothesis.settings.register_profile(
    "house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("house")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NO_CHROMIUM = "There is no Chromium on this machine. Make it possible: apt install chromium"
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ON_SQLITE = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
# Drawing a page or speaking a partner's wire asks no more of one database than of the other.
PAGES = (
    "consent/web/",
    "audit/web/test_entries",
    "audit/web/test_reports",
    "audit/web/test_verify",
    "audit/web/test_oversight",
)
WIRES = (
    "integrations/strava/",
    "integrations/simulators/",
    "integrations/api_v1/",
    "integrations/test_celery",
    "journeys/test_first_share",
    "clients/",
)
BESIDE_POSTGRES = (*WIRES, "consent/gate/")  # of what asks nothing of the database; the rest beside SQLite
left_to_postgres: list[str] = []


def pytest_configure(config: pytest.Config) -> None:
    """Argon2 is slow on purpose; tests sign in often, so they hash cheaply. Its own test asks the real settings."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    if ON_SQLITE:
        # As on the tests' PostgreSQL: no machine loses its power here, and a killed process loses nothing by it.
        options = settings.DATABASES["default"]["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
        for left_behind in ("-wal", "-shm"):
            Path(str(settings.DATABASES["default"]["TEST"]["NAME"]) + left_behind).unlink(missing_ok=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Each test belongs to the passes that can judge it: both, unless it is marked `postgres`, `sqlite` or `once`."""
    elsewhere = [item for item in items if not _belongs(item)]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]
    if ON_SQLITE:
        left_to_postgres.extend(item.nodeid for item in elsewhere)


def _belongs(item: pytest.Item) -> bool:
    """Where both passes are run, what asks nothing of the database runs in one of them.

    `make verify` runs all else on both; `make test` looks at pages on the one, and at partners' wires on the other.
    """
    if item.get_closest_marker("once"):
        return bool(item.get_closest_marker("slow")) != ON_SQLITE
    if item.get_closest_marker("postgres") or item.get_closest_marker("sqlite"):
        return bool(item.get_closest_marker("sqlite")) == ON_SQLITE
    if not item.path.is_relative_to(ROOT / "tests"):
        return True
    place = str(item.path.relative_to(ROOT / "tests"))
    if BOTH_PASSES and not _asks_the_database(item):
        return place.startswith(BESIDE_POSTGRES) != ON_SQLITE
    return FULL or not place.startswith(WIRES if ON_SQLITE else PAGES)


def _asks_the_database(item: pytest.Item) -> bool:
    """pytest-django lets no other test come near it."""
    asked = {"db", "transactional_db", "django_db_setup", "live_server"}
    return bool(
        item.get_closest_marker("django_db")
        or asked.intersection(getattr(item, "fixturenames", ()))
        or issubclass(getattr(item, "cls", None) or object, SimpleTestCase)
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") and CHROMIUM is None:
        pytest.fail(NO_CHROMIUM) if CI else pytest.skip(NO_CHROMIUM)


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int):
    """With CI=true nothing may be skipped (CONTRACT, `make test`)."""
    yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if CI and reporter and reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, exitstatus: int, config: pytest.Config) -> None:
    """Name what could not run here, and the command that would make it possible."""
    if left_to_postgres:
        terminalreporter.write_line(
            f"{len(left_to_postgres)} tests run in the second pass, with PostgreSQL: "
            "python -m tests.support.postgres -- python -m pytest"
        )
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = sorted({str(report.longrepr[2]) for report in skipped if isinstance(report.longrepr, tuple)})
    for reason in reasons:
        terminalreporter.write_line(f"Could not run on this machine: {reason.removeprefix('Skipped: ')}")
    if CI and skipped:
        terminalreporter.write_line("With CI=true nothing may be skipped, so this run fails.", red=True)


@pytest.fixture(scope="session")
def logs_kept_outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where each test's own folder for the log's public files and its witness is. Nothing is made until it is used."""
    above = tmp_path_factory.mktemp("logs")
    return (above / str(number) for number in count())


@pytest.fixture(autouse=True)
def log_of_its_own(logs_kept_outside: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is emptied between tests; a witness that remembered the last one would rightly object."""
    mine = next(logs_kept_outside)
    for name, path in (("AUDIT_WITNESS_FILE", mine / "witness"), ("AUDIT_PUBLISH_DIR", mine / "public")):
        monkeypatch.setattr(settings, name, str(path))
        monkeypatch.setenv(name, str(path))  # for workers in processes of their own


@pytest.fixture(autouse=True)
def partners_in_code() -> Iterator[None]:
    """A partner that reviewers approved in a test is nobody's in the next one, as its row is gone."""
    yield
    for manifest in register.reviewed():
        register.drop(manifest.slug)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """Drive the system's Chromium; no browser is downloaded."""
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "headless": True, "args": CHROMIUM_ARGS}
