"""The member API: what they share, each change of it, each time it moved; and stopping. No health value is in it.

A key may look and stop. Saying yes takes the member on a page that shows what would move (docs/decisions).
"""

from collections.abc import Callable, Mapping
from typing import Any, cast
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from consent.grants import selectors as grants
from consent.grants import signing
from consent.grants.errors import ReceiptAltered
from consent.grants.models import Grant
from consent.grants.partners import manifest_today
from integrations.api import limits
from integrations.api_v1 import acts, problems, selectors, shapes
from integrations.api_v1.problems import Problem
from integrations.api_v1.reading import MOST, USUAL, after_of, body_of, key_of, member_of, query_of, size_of
from integrations.oauth.bearer import Kind

Method = Callable[..., HttpResponseBase]
Decorator = Callable[[Method], Method]
PAGED = [
    OpenApiParameter("after", {"type": "string", "format": "uuid"}, description="`next` of the page before."),
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}),
]
Told = dict[tuple[int, str], OpenApiResponse]


def problem_documents(says: Mapping[int, str]) -> Told:
    return {
        (status, problems.MEDIA_TYPE): OpenApiResponse(shapes.ProblemDocument, why)
        for status, why in says.items()
    }


TROUBLE = problem_documents(
    {
        400: "It could not be read.",
        401: "No key, or one that is unknown or ended.",
        403: "A partner's token; or a yes, which only the member says.",
        404: "It is not there, or not yours.",
        429: "Too many requests.",
    }
)
WRITING = problem_documents(
    {
        409: "The connection is over.",
        413: "The body is larger than 1 MiB.",
        415: "The body is not application/json.",
        422: "The body has not this form.",
    }
)
ALTERED = problem_documents({409: "It cannot be shown to be what was signed."})


def described(
    answer: type[Serializer[Any]] | dict[str, str], summary: str, *, besides: Told | None = None, **more: Any
) -> Decorator:
    """Return the decorator that puts a route into the schema; its description is the method's docstring."""
    writing = WRITING if more.get("request") is not None or more.pop("writes", False) else {}
    whole = OpenApiResponse(answer, "What you asked for.")
    told: dict[Any, Any] = {200: whole, **TROUBLE, **writing, **(besides or {})}
    decorator: Decorator = extend_schema(summary=summary, tags=["Member"], responses=told, **more)
    return decorator


class KeyView(APIView):
    """A route for a member's own key. Each request counts towards its limit."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        bearer = key_of(request)
        if bearer.kind is not Kind.PAT:
            told = {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}
            raise Problem(403, "insufficient-scope", problems.KINDS["insufficient-scope"], headers=told)
        over = limits.count(bearer, hold=False).over
        if over is not None:
            raise Problem(over.status, "too-many", str(over.detail), headers=over.headers)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer


class Connections(KeyView):
    @described(shapes.ConnectionPage, "List your connections", parameters=PAGED, operation_id="connections")
    def get(self, request: Request) -> Response:
        """Every yes of yours, live and ended, newest first."""
        query = query_of(request, "after", "limit")
        found, rest = selectors.connections(member_of(request), after=after_of(query), size=size_of(query))
        return _told(shapes.ConnectionPage, {"data": [_connection(each) for each in found], "next": rest})


class OneConnection(KeyView):
    @described(shapes.Connection, "See one connection", operation_id="connection")
    def get(self, request: Request, ref: UUID) -> Response:
        """One yes with each of its switches."""
        query_of(request)
        return _told(shapes.Connection, _connection(selectors.connection(member_of(request), ref)))


class Change(msgspec.Struct, forbid_unknown_fields=True):
    flow: str
    on: bool


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """A body without members."""


class Toggles(KeyView):
    @described(shapes.Stopped, "Turn one switch off", request=shapes.Change, operation_id="turn_off")
    def post(self, request: Request, ref: UUID) -> Response:
        """In force when the answer arrives. Turning on is the member's, on the page that the answer's `where` names."""
        query_of(request)
        member = member_of(request)
        grant = selectors.connection(member, ref)
        change = body_of(request, Change, "Send an object with just flow (a text) and on (true or false).")
        if change.on:
            says = "Only the member can turn a switch on, on the page that shows what would move."
            raise Problem(403, "consent-needed", says, extra={"where": _where(grant)})
        return _told(shapes.Stopped, acts.turn_off(member, grant, change.flow))


class Stop(KeyView):
    @described(shapes.Stopped, "Stop one connection", request=None, operation_id="stop")
    def post(self, request: Request, ref: UUID) -> Response:
        """In force when the answer arrives; asked twice, it is one stop. Stopping `own-program` ends this key too."""
        query_of(request)
        body_of(request, Nothing, "Send no body, or an empty object.")
        member = member_of(request)
        grant = selectors.connection(member, ref)
        return _told(shapes.Stopped, acts.stop(member, [grant])[0])


class StopAll(KeyView):
    @described(shapes.StoppedAll, "Stop everything", request=None, operation_id="stop_all")
    def post(self, request: Request) -> Response:
        """Every live connection, that of your own programs too: this key opens nothing afterwards."""
        query_of(request)
        body_of(request, Nothing, "Send no body, or an empty object.")
        member = member_of(request)
        return _told(shapes.StoppedAll, {"data": acts.stop(member, list(grants.live_grants(member)))})


class Receipts(KeyView):
    @described(shapes.ReceiptPage, "List your receipts", parameters=PAGED, operation_id="receipts")
    def get(self, request: Request) -> Response:
        """One a change, newest first."""
        query = query_of(request, "after", "limit")
        found, rest = selectors.receipts(member_of(request), after=after_of(query), size=size_of(query))
        rows = [selectors.as_receipt(each) for each in found]
        return _told(shapes.ReceiptPage, {"data": rows, "next": rest})


class OneReceipt(KeyView):
    @described({"type": "object"}, "See one receipt", besides=ALTERED, operation_id="receipt")
    def get(self, request: Request, ref: UUID) -> Response:
        """The whole document, in the fields of ISO/IEC TS 27560."""
        query_of(request)
        try:
            return Response(signing.document_of(selectors.receipt(member_of(request), ref)))
        except ReceiptAltered as altered:
            raise Problem(409, "altered", str(altered)) from None


class SignedReceipt(KeyView):
    @extend_schema(
        summary="Take a signed receipt",
        tags=["Member"],
        operation_id="receipt_jws",
        responses={(200, "application/jose"): OpenApiResponse({"type": "string"}, "The JWS."), **TROUBLE},
    )
    def get(self, request: Request, ref: UUID) -> HttpResponse:
        """The same document as a JWS. The keys that check it are at `/.well-known/jwks.json`."""
        query_of(request)
        return HttpResponse(selectors.receipt(member_of(request), ref).jws, content_type="application/jose")


class Ledger(KeyView):
    @described(shapes.LedgerPage, "Read your ledger", parameters=PAGED, operation_id="ledger")
    def get(self, request: Request) -> Response:
        """A line each time something moved, was blocked or was decided, newest first."""
        query = query_of(request, "after", "limit")
        rows, rest = selectors.lines(member_of(request), after=after_of(query), size=size_of(query))
        return _told(shapes.LedgerPage, {"data": rows, "next": rest})


@extend_schema(exclude=True)
class NoSuchRoute(APIView):
    """What is no route, for whoever asks and however."""

    authentication_classes = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise problems.no_such_thing()


def _told(shape: type[Serializer[Any]], row: object) -> Response:
    return Response(shape(cast(Any, row)).data)


def _connection(grant: Grant) -> dict[str, Any]:
    manifest = manifest_today(grant.partner)
    return selectors.as_connection(grant, manifest.name if manifest else grant.partner)


def _where(grant: Grant) -> str:
    """Return the page where the member turns a switch of this connection on."""
    manifest = manifest_today(grant.partner)
    listed = manifest is not None and manifest.listed
    return reverse("consent:manage", args=[grant.partner]) if listed else reverse("tokens:page")
