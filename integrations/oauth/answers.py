"""The JSON answers of the token, revocation and introspection endpoints: never kept by any cache (SR-2.13)."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.http import HttpResponse, JsonResponse

from integrations.oauth.clients import Problem

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    405: "Method Not Allowed",
    413: "Content Too Large",
    429: "Too Many Requests",
}

SENTENCES = {
    "invalid_grant": "The code or token is unknown, expired or used before, or its grant ended. Ask the member again.",
    "invalid_request": "Something is missing or not as it should be.",
    "unsupported_grant_type": "Only authorization_code and refresh_token are known here.",
    "unsupported_response_type": "Only the response type code is known here.",
    "unauthorized_client": "This application may not do that.",
    "invalid_scope": "None of these scopes is open to this application.",
    "invalid_redirect_uri": "The redirect address is not the one that was asked with.",
}


def kept_by_nobody(body: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    answer = JsonResponse(dict(body), status=status)
    answer["Cache-Control"] = "no-store"
    answer["Pragma"] = "no-cache"
    answer["X-Request-Id"] = str(uuid4())
    return answer


def refused(problem: Problem) -> HttpResponse:
    """Return an error as RFC 6749, 5.2 has it, with the members of the compatible API beside (`status`, `title`, …)."""
    body = {
        "error": problem.error,
        "error_description": problem.description,
        "status": problem.status,
        "title": TITLES.get(problem.status, "Error"),
        "detail": problem.description,
    }
    answer = kept_by_nobody(body, status=problem.status)
    if problem.status == 401:
        answer["WWW-Authenticate"] = 'Basic realm="Ringfence"'
    if problem.wait:
        answer["Retry-After"] = str(problem.wait)
    return answer


def not_allowed(*methods: str) -> HttpResponse:
    answer = refused(Problem("invalid_request", f"Use {' or '.join(methods)} here.", 405))
    answer["Allow"] = ", ".join(methods)
    return answer
