"""The answers that are no data, with the bodies that deployed clients read. Nothing of a request is repeated (SR-4.8).

A body has `status`, `title` and `detail`; that of 422 has the list `detail` alone, each with `loc`, `msg` and `type`.
Every one may be stored by nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import msgspec
from django.http import HttpResponse

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Content Too Large",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    503: "Service Unavailable",
}
REQUEST_ID = "X-Request-Id"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why there is no data: a status, a sentence that says what to do (or the list of 422), and headers."""

    status: int
    detail: str | list[dict[str, Any]]
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        if isinstance(self.detail, list):
            return {"detail": self.detail}
        return {"status": self.status, "title": TITLES[self.status], "detail": self.detail}


DEAD = Problem(
    401,
    "The access token is unknown, expired or revoked. Get a new one.",
    {"WWW-Authenticate": 'Bearer error="invalid_token"'},
)
LAPSED = Problem(403, "The member's subscription has lapsed, so their data is not available through the API.")
NO_SUCH_DOCUMENT = Problem(404, "There is no such document.")
NO_SUCH_ROUTE = Problem(404, "There is no such route.")
ONLY_GET = Problem(405, "Ask with GET.", {"Allow": "GET"})
NOT_OUR_TOKEN = Problem(
    400, "The next_token is not one of this collection and this token. Begin without one."
)
TOO_MANY_PARAMETERS = Problem(400, "Ask with fewer and shorter parameters.")
NOT_NOW = Problem(503, "Something went wrong on our side. Try again later.", {"Retry-After": "60"})


def scope_missing(scope: str) -> Problem:
    """Return the sentence that clients match, words and scope, where a scope is missing or every toggle is off."""
    return Problem(
        401,
        f"Token is not authorized access {scope} scope.",
        {"WWW-Authenticate": 'Bearer error="insufficient_scope"'},
    )


def invalid(name: str, says: str, kind: str) -> Problem:
    """Return a 422 for one parameter, without what was given for it."""
    return Problem(422, [{"loc": ["query", name], "msg": says, "type": kind}])


def answer(problem: Problem, *, event_id: object = None) -> HttpResponse:
    """Return the answer to a problem; the request's id is that of its entry in the log, where it has one."""
    return json(problem.body, status=problem.status, headers=problem.headers, event_id=event_id)


def json(
    body: object, *, status: int = 200, headers: Mapping[str, str] | None = None, event_id: object = None
) -> HttpResponse:
    """Return a JSON answer that nobody may keep."""
    told = {"Cache-Control": "no-store", REQUEST_ID: str(event_id or uuid4()), **(headers or {})}
    return HttpResponse(
        msgspec.json.encode(body), status=status, content_type="application/json", headers=told
    )
