"""Which application calls, by its id and secret in two headers. A bearer token is neither needed nor looked at."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from integrations.api.errors import Problem
from integrations.oauth import clients
from integrations.oauth.models import Application

LONGEST = 512  # characters of an id or secret; ours are shorter
WRONG = Problem(401, "Send your application's id and secret in the headers x-client-id and x-client-secret.")
SUSPENDED = Problem(401, "This application is suspended. Ask its owner to write to us.")
WINDOW = 60  # seconds


def application_of(request: HttpRequest, *, at: datetime) -> Application | Problem:
    """Return the application that calls, or the answer it gets instead. Failures count as at the token endpoint."""
    named = (request.headers.get("x-client-id", ""), request.headers.get("x-client-secret", ""))
    sound = all(0 < len(part) <= LONGEST and clients.plain(part) for part in named)
    found = clients.admitted(named if sound else None, request, at=at)
    if isinstance(found, Application):
        return found
    if found.status == 429:
        return _too_many(found, at)
    return SUSPENDED if found.error == "unauthorized_client" else WRONG


def _too_many(problem: clients.Problem, at: datetime) -> Problem:
    """Some clients crash without the headers of a limit."""
    headers = {
        "Retry-After": str(problem.wait),
        "X-RateLimit-Limit": str(settings.OAUTH_CALLS_A_MINUTE),
        "X-RateLimit-Window": str(WINDOW),
        "X-RateLimit-Reset": str(int(at.timestamp()) + problem.wait),
        "X-RateLimit-Tier": "application",
    }
    return Problem(429, problem.description, headers)
