"""Every answer that is no success: a problem document (RFC 9457) that says what to do and repeats nothing."""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

logger = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
TYPES = "/api/docs/#problem-"
TITLES = {
    400: "Bad request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Content too large",
    415: "Unsupported media type",
    422: "Unprocessable content",
    429: "Too many requests",
    500: "Something went wrong on our side",
}
KINDS: Mapping[str, str] = {
    "unreadable": "The body or the query could not be read. The detail says what to do.",
    "unauthorized": "There is no key, or it is unknown or ended.",
    "insufficient-scope": "This needs a member's own key. A partner's token opens /v2 alone.",
    "consent-needed": "A key can turn a switch off. Only the member, on the page named in `where`, turns one on.",
    "not-found": "There is no such thing, or it is not yours.",
    "method": "The address is right, the method is not. The Allow header lists those that are.",
    "already-ended": "This connection is over.",
    "altered": "This receipt cannot be shown to be what we signed. A signed copy that you kept still counts.",
    "no-such-switch": "The connection has no such flow.",
    "too-many": "Wait as long as Retry-After says.",
    "ours": "Something went wrong on our side. Try again later.",
}


class Problem(exceptions.APIException):
    """Why there is no answer. `kind` is one of KINDS; `extra` are further members of the document."""

    def __init__(
        self,
        status: int,
        kind: str,
        says: str,
        *,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(says)
        self.status_code, self.kind, self.says = status, kind, says
        self.headers, self.extra = dict(headers or {}), dict(extra or {})


def answered(exc: Exception, context: Mapping[str, Any]) -> Response:
    """Return the problem document of whatever was raised in a view."""
    return document(_problem(exc))


def document(problem: Problem) -> Response:
    """Return a problem as it is sent."""
    request_id = str(uuid4())
    told = {
        "type": f"{TYPES}{problem.kind}",
        "title": TITLES.get(problem.status_code, "Bad request"),
        "status": problem.status_code,
        "detail": problem.says,
        "request_id": request_id,
        **problem.extra,
    }
    headers = {"Cache-Control": "no-store", "X-Request-Id": request_id, **problem.headers}
    return Response(told, status=problem.status_code, headers=headers, content_type=MEDIA_TYPE)


def no_such_thing() -> Problem:
    return Problem(404, "not-found", "There is nothing at this address that is yours.")


def no_such_row() -> Problem:
    return Problem(
        404, "not-found", "There is no such row of yours. Give after as `next` was given, or leave it out."
    )


def _problem(exc: Exception) -> Problem:
    match exc:
        case Problem():
            return exc
        case Http404() | exceptions.NotFound() | PermissionDenied():
            return no_such_thing()
        case exceptions.MethodNotAllowed():
            return Problem(405, "method", "Use one of the methods that the Allow header lists.")
        case exceptions.UnsupportedMediaType():
            return Problem(415, "unreadable", "Send the body as application/json.")
        case exceptions.APIException() if exc.status_code < 500:
            return Problem(400, "unreadable", "We could not read this request. See /api/docs/.")
    logger.error("A request to the member API failed (%s).", type(exc).__name__)
    return Problem(500, "ours", KINDS["ours"], headers={"Retry-After": "60"})
