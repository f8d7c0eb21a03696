"""For machines: is the process there, and can it serve? Details only for this machine (SR-9.1)."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

LOOPBACK = frozenset({"127.0.0.1", "::1"})


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer without touching the database: a slow database is no reason to kill the process."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    state = {"database": _database(), "migrations": "unknown"}
    if state["database"] == "ok":
        state["migrations"] = _migrations()
    ready = all(value == "ok" for value in state.values())
    forwarded = "HTTP_X_FORWARDED_FOR" in request.META  # by a proxy on this machine, for somebody elsewhere
    here = request.META.get("REMOTE_ADDR") in LOOPBACK and not forwarded
    shown = state if here else {}
    return JsonResponse({"ready": ready, **shown}, status=200 if ready else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    return "missing" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "ok"
