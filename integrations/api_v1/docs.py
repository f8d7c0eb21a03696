"""The schema of every API we have, for machines, and the same drawn as a page, for people. Both are open."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from integrations.api_v1 import problems

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    kind: str
    says: str


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    says: str
    parameters: tuple[Parameter, ...]
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the docs: the operations of one tag."""

    name: str
    id: str
    operations: tuple[Operation, ...]


@lru_cache(maxsize=1)
def whole() -> dict[str, Any]:
    """Return the whole schema as OpenAPI 3.1. It is the same for everyone."""
    written: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return written


@lru_cache(maxsize=1)
def parts() -> tuple[Part, ...]:
    by_tag: dict[str, list[Operation]] = {}
    for path, methods in whole()["paths"].items():
        for method in METHODS:
            if method in methods:
                told = methods[method]
                by_tag.setdefault(told["tags"][0], []).append(_operation(path, method, told))
    return tuple(
        Part(name, f"part-{number}", tuple(each)) for number, (name, each) in enumerate(by_tag.items())
    )


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    return JsonResponse(whole())


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html", {"parts": parts(), "problems": problems.KINDS.items()})


def _operation(path: str, method: str, told: dict[str, Any]) -> Operation:
    return Operation(
        id=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told.get("summary", ""),
        says=_plain(told.get("description", "")),
        parameters=(
            *(
                Parameter(each["name"], _kind(each.get("schema", {})), _plain(each.get("description", "")))
                for each in told.get("parameters", [])
            ),
            *_body(told.get("requestBody", {})),
        ),
        answers=tuple((status, each["description"]) for status, each in told["responses"].items()),
    )


def _body(told: dict[str, Any]) -> Iterator[Parameter]:
    """Yield the members of a body, whose form is one of the schema's shapes."""
    ref = told.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
    form = whole()["components"]["schemas"].get(ref.rpartition("/")[2], {})
    for name, each in form.get("properties", {}).items():
        yield Parameter(name, _kind(each), _plain(each.get("description", "In the body.")))


def _plain(text: str) -> str:
    return text.replace("`", "")


def _kind(schema: dict[str, Any]) -> str:
    return str(schema.get("format") or schema.get("type") or "")
