"""Where rows live: SQLite in `var/` unless `DATABASE_URL` names a PostgreSQL. The cache is shared by all processes."""

from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from config.base import VAR_DIR
from config.environment import text

# Every atomic() takes SQLite's one write lock at once: with deferred locks two readers that both want to write fail.
# What follows is SR-8.4's and, at the end, SR-8.3's.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON; PRAGMA trusted_schema=OFF; "
        "PRAGMA secure_delete=ON"  # what is erased is overwritten in the file
    ),
}
# A statement that comes again is planned once a connection: what a request or an act asks is always the same. Behind a
# pooler of transactions that keeps no prepared statements, DATABASE_URL says `?server_side_binding=false`.
POSTGRES_OPTIONS = {"connect_timeout": 5, "server_side_binding": True, "prepare_threshold": 5}


def _database(address: str) -> dict[str, Any]:
    try:
        parsed: dict[str, Any] = dict(dj_database_url.parse(address, conn_max_age=600))
    except ValueError:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read. Write postgresql://name:password@host:5432/database, or unset it for SQLite."
        ) from None
    if parsed["ENGINE"] == "django.db.backends.sqlite3":
        parsed["ENGINE"] = "config.backends.sqlite3"
        parsed["OPTIONS"] = SQLITE_OPTIONS
        # Threads of a test share a file, never one in-memory connection.
        parsed["TEST"] = {"NAME": text("TEST_SQLITE", str(VAR_DIR / "test.sqlite3"))}
    elif parsed["ENGINE"] == "django.db.backends.postgresql":
        parsed["OPTIONS"] = {**POSTGRES_OPTIONS, **parsed.get("OPTIONS", {})}
        if not parsed["OPTIONS"]["server_side_binding"]:
            parsed["OPTIONS"]["prepare_threshold"] = None
        parsed["CONN_HEALTH_CHECKS"] = True
    else:
        raise ImproperlyConfigured(
            "DATABASE_URL names neither PostgreSQL nor SQLite. Ringfence runs on these two."
        )
    return parsed


DATABASES = {"default": _database(text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'ringfence.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHE_URL = text("CACHE_URL", "")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
    if CACHE_URL
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
}
