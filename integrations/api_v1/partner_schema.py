"""The partner API in the schema: its routes, parameters and shapes, made from the tables that answer them."""

from collections.abc import Mapping
from typing import Any

from integrations.api.routes import COLLECTIONS, SANDBOX, Collection, Range
from integrations.oauth.scopes import OPENED_BY
from records.vocabulary import shape
from records.vocabulary.shape import Many
from records.vocabulary.shapes import Field, Value

Schema = dict[str, Any]
HOME, SAMPLES = "/v2/usercollection", "/v2/sandbox/usercollection"
TAGS = {HOME: "Partner API", SAMPLES: "Sandbox"}
VALUES: Mapping[Value, Schema] = {
    Value.STRING: {"type": "string"},
    Value.ZONE: {"type": "string"},
    Value.INTEGER: {"type": "integer"},
    Value.NUMBER: {"type": "number"},
    Value.BOOLEAN: {"type": "boolean"},
    Value.DATE: {"type": "string", "format": "date"},
    Value.DATETIME: {"type": "string", "format": "date-time"},
    Value.STRINGS: {"type": "array", "items": {"type": "string"}},
    Value.SAMPLE: {"type": "object"},
}
RANGES: Mapping[Range, tuple[tuple[str, str, str], ...]] = {
    Range.DATES: (
        ("start_date", "string", "First day, YYYY-MM-DD; the day before end_date when left out."),
        ("end_date", "string", "Last day, included; today when left out."),
    ),
    Range.MOMENTS: (
        ("start_datetime", "string", "First moment; a day before end_datetime when left out."),
        ("end_datetime", "string", "Last moment, included; now when left out."),
        ("latest", "boolean", "The newest row alone."),
    ),
    Range.NONE: (),
}
FIELDS = ("fields", "string", "Top-level fields, with commas between; all when left out.")
NEXT = ("next_token", "string", "From the page before. It carries the whole query.")
ERRORS: Mapping[str, str] = {
    "400": "A parameter cannot be used. The detail says what to do.",
    "401": "The token is missing, unknown or ended; or it, or the member, does not allow this collection.",
    "403": "The member's membership has lapsed.",
    "404": "There is no such document, or it is not one this token may see.",
    "422": "A parameter could not be read.",
    "429": "Too many requests. Retry-After says for how many seconds to wait.",
    "503": "Something went wrong on our side. Try again later.",
}


def described(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """Add the partner API to the schema of the member API (a hook of the schema's generator)."""
    shapes = result.setdefault("components", {}).setdefault("schemas", {})
    shapes["PartnerProblem"] = _object({"status": "integer", "title": "string", "detail": "string"})
    shapes["UnreadableParameters"] = {
        "type": "object",
        "properties": {"detail": {"type": "array", "items": {"type": "object"}}},
        "required": ["detail"],
    }
    for home, collections in ((HOME, COLLECTIONS), (SAMPLES, SANDBOX)):
        for collection in collections.values():
            shapes[_name(collection)] = _document(collection)
            result["paths"][f"{home}/{collection.name}"] = {"get": _listing(home, collection)}
            if collection.by_id:
                result["paths"][f"{home}/{collection.name}/{{document_id}}"] = {"get": _one(home, collection)}
    return result


def _listing(home: str, collection: Collection) -> Schema:
    ref = {"$ref": f"#/components/schemas/{_name(collection)}"}
    page: Schema = {
        "type": "object",
        "properties": {
            "data": {"type": "array", "items": ref},
            "next_token": {"type": ["string", "null"]},
        },
        "required": ["data", "next_token"],
    }
    told = () if collection.single else (*RANGES[collection.range], FIELDS, NEXT)
    return _operation(home, collection, "list", ref if collection.single else page, told)


def _one(home: str, collection: Collection) -> Schema:
    ref = {"$ref": f"#/components/schemas/{_name(collection)}"}
    told = _operation(home, collection, "one", ref, (FIELDS,))
    path = {"name": "document_id", "in": "path", "required": True, "schema": {"type": "string"}}
    return {**told, "parameters": [path, *told["parameters"]]}


def _operation(
    home: str, collection: Collection, form: str, answer: Schema, query: tuple[tuple[str, str, str], ...]
) -> Schema:
    scopes = sorted(OPENED_BY[collection.name])
    opened = f"Opened by the scopes: {', '.join(scopes)}." if scopes else "Opened by any scope."
    made_up = home == SAMPLES
    return {
        "operationId": f"{'sandbox_' if made_up else ''}{collection.name}_{form}",
        "summary": f"{'Made-up ' if made_up else ''}{collection.name}{', one document' if form == 'one' else ''}",
        "description": "The same for everyone; no member's data."
        if made_up
        else f"{opened} What the member has not switched on is null or left out.",
        "tags": [TAGS[home]],
        "parameters": [
            {"name": name, "in": "query", "schema": {"type": kind}, "description": says}
            for name, kind, says in query
        ],
        "security": [{"bearer": []}],
        "responses": {"200": _answer("What may be read.", answer), **_errors()},
    }


def _errors() -> Schema:
    refs = {"422": "UnreadableParameters"}
    return {
        status: _answer(says, {"$ref": f"#/components/schemas/{refs.get(status, 'PartnerProblem')}"})
        for status, says in ERRORS.items()
    }


def _answer(says: str, schema: Schema) -> Schema:
    return {"description": says, "content": {"application/json": {"schema": schema}}}


def _name(collection: Collection) -> str:
    return f"Partner_{collection.name}"


def _document(collection: Collection) -> Schema:
    """A document's fields. Only the envelope is always there: anything else may be withheld."""
    told = _of_tree(shape.tree(collection.kind.name))
    told["required"] = ["timestamp"] if collection.series else ["id"]
    return told


def _of_tree(tree: Mapping[str, Any]) -> Schema:
    fields = {name: _of_node(node) for name, node in tree.items() if not _own(node)}
    return {"type": "object", "properties": fields}


def _of_node(node: Any) -> Schema:
    if isinstance(node, Field):
        told = dict(VALUES[node.value])
        if node.unit:
            told["description"] = f"In {node.unit}."
        return told | ({"type": [told["type"], "null"]} if node.nullable else {})
    if isinstance(node, Many):
        return {"type": "array", "items": _of_tree(node)}
    return {**_of_tree(node), "type": ["object", "null"]}


def _own(node: Any) -> bool:
    """Whether nothing of it is served: fields that are ours alone."""
    return node.own if isinstance(node, Field) else all(_own(each) for each in node.values())


def _object(members: Mapping[str, str]) -> Schema:
    return {
        "type": "object",
        "properties": {name: {"type": kind} for name, kind in members.items()},
        "required": list(members),
    }
