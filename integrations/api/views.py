"""The addresses of the partner API: who asks, and the answer. Nothing of a browser's: no cookie, no redirect."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from integrations.api import answering, errors, sandbox
from integrations.api.answering import Answer
from integrations.api.errors import Problem
from integrations.api.routes import COLLECTIONS, SANDBOX, Collection
from integrations.oauth.bearer import Bearer, Refused, bearer_of

LONGEST_QUERY, MOST_PARAMETERS = 8_000, 100  # the web server takes a little more
Ask = Callable[[Collection, Mapping[str, str], Bearer], Answer]


@csrf_exempt
def listed(request: HttpRequest, collection: str) -> HttpResponse:
    """A page of one collection, or `personal_info`."""
    return _answered(request, COLLECTIONS.get(collection), answering.listed)


@csrf_exempt
def one(request: HttpRequest, collection: str, document_id: str) -> HttpResponse:
    """One document by its id."""
    ask = partial(answering.one, document_id=document_id)
    return _answered(request, _by_id(COLLECTIONS.get(collection)), ask)


@csrf_exempt
def sandbox_listed(request: HttpRequest, collection: str) -> HttpResponse:
    """A page of made-up data."""
    return _answered(request, SANDBOX.get(collection), sandbox.listed)


@csrf_exempt
def sandbox_one(request: HttpRequest, collection: str, document_id: str) -> HttpResponse:
    """One made-up document by its id."""
    ask = partial(sandbox.one, document_id=document_id)
    return _answered(request, _by_id(SANDBOX.get(collection)), ask)


@csrf_exempt
def nothing(request: HttpRequest, **rest: Any) -> HttpResponse:
    """What is no route: `/v1/`, `daily_cycle_phases`, an address with a slash at its end."""
    return errors.answer(errors.NO_SUCH_ROUTE)


def _by_id(collection: Collection | None) -> Collection | None:
    return collection if collection is not None and collection.by_id else None


def _answered(request: HttpRequest, collection: Collection | None, ask: Ask) -> HttpResponse:
    """Answer a request of whoever its token stands for."""
    if collection is None:
        return errors.answer(errors.NO_SUCH_ROUTE)
    if request.method != "GET":
        return errors.answer(errors.ONLY_GET)
    text = request.META.get("QUERY_STRING", "")
    if len(text) > LONGEST_QUERY or text.count("&") >= MOST_PARAMETERS:
        return errors.answer(errors.TOO_MANY_PARAMETERS)
    bearer = bearer_of(request, at=timezone.now())
    if isinstance(bearer, Refused):
        return errors.json(bearer.body, status=bearer.status, headers=bearer.headers)
    body, event_id = ask(collection, request.GET.dict(), bearer)  # of a repeated parameter the last counts
    if isinstance(body, Problem):
        return errors.answer(body, event_id=event_id)
    return errors.json(body, event_id=event_id)
