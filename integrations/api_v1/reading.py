"""Who asks, and what was sent: a member's own key in the header alone; a cookie is no credential (SR-4.5)."""

from collections.abc import Mapping
from typing import IO, Any, TypeVar, cast
from uuid import UUID

import msgspec
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from integrations.api_v1 import strict
from integrations.api_v1.problems import Problem
from integrations.oauth.bearer import Bearer, Refused, bearer_of
from records.members.models import Member

Body = TypeVar("Body")
MOST, USUAL = 100, 50  # rows of a page


class KeyAuthentication(BaseAuthentication):
    """A key of the member's own, found as every bearer is."""

    def authenticate(self, request: Request) -> tuple[Member, Bearer]:
        bearer = bearer_of(request._request, at=timezone.now())
        if isinstance(bearer, Refused):
            raise Problem(401, "unauthorized", bearer.detail, headers=bearer.headers)
        return Member.objects.get(pk=bearer.member_id), bearer


class Json(BaseParser):
    """Bodies are JSON and nothing else."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = stream.read(strict.LARGEST + 1)
        if len(raw) > strict.LARGEST:
            raise Problem(413, "unreadable", "Send at most 1 MiB.")
        try:
            return strict.read(raw)
        except strict.Unreadable as unreadable:
            raise Problem(400, "unreadable", str(unreadable)) from None


class OnlyJson(BaseContentNegotiation):
    """There is one form of answer, whatever a client says that it accepts."""

    def select_parser(self, request: Request, parsers: Any) -> BaseParser | None:
        told = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == told), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


def body_of(request: Request, form: type[Body], says: str) -> Body:
    """Return the body in its form; a further key, a missing one or another type is refused with `says`."""
    try:
        return msgspec.convert(request.data, form, strict=True)
    except msgspec.ValidationError:
        raise Problem(422, "unreadable", says) from None


def query_of(request: Request, *names: str) -> dict[str, str]:
    """Return the query; a parameter that is none, or is there twice, is refused."""
    given = request.query_params
    if set(given) - {*names}:
        told = f"These are the parameters: {', '.join(names)}." if names else "Ask without parameters."
        raise Problem(400, "unreadable", told)
    if any(len(given.getlist(name)) > 1 for name in given):
        raise Problem(400, "unreadable", "Give every parameter once.")
    return {name: given[name] for name in given}


def size_of(query: Mapping[str, str]) -> int:
    """Return how many rows are asked for, 1 to 100."""
    text = query.get("limit", str(USUAL))
    if not (text.isascii() and text.isdecimal() and len(text) <= 3 and 1 <= int(text) <= MOST):
        raise Problem(400, "unreadable", f"Give limit as a whole number from 1 to {MOST}.")
    return int(text)


def after_of(query: Mapping[str, str]) -> UUID | None:
    """Return after which row the page begins; None = at the newest."""
    if "after" not in query:
        return None
    try:
        return UUID(query["after"])
    except ValueError:
        raise Problem(400, "unreadable", "Give after as `next` was given.") from None


def member_of(request: Request) -> Member:
    return cast(Member, request.user)


def key_of(request: Request) -> Bearer:
    return cast(Bearer, request.auth)
