"""The webhook subscriptions of the partner API in the schema: an application's own, by its id and secret."""

from typing import Any

from integrations.events.names import DATA_TYPES, EVENT_TYPES

Schema = dict[str, Any]
HOME = "/v2/webhook/subscription"
TAG = "Webhooks"
SECURITY: list[dict[str, list[str]]] = [{"client_id": [], "client_secret": []}]
SCHEMES: Schema = {
    "client_id": {"type": "apiKey", "in": "header", "name": "x-client-id"},
    "client_secret": {"type": "apiKey", "in": "header", "name": "x-client-secret"},
}
CALLBACK = {"type": "string", "format": "uri", "description": "https on port 443, without a fragment."}
EVENT = {"type": "string", "enum": list(EVENT_TYPES)}
DATA = {"type": "string", "enum": list(DATA_TYPES)}
PROOF = {
    "type": "string",
    "description": "Sent back to the callback address with a challenge, which it answers.",
}
SHAPES: Schema = {
    "Subscription": {
        "type": "object",
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "callback_url": CALLBACK,
            "event_type": EVENT,
            "data_type": DATA,
            "expiration_time": {"type": "string", "format": "date-time"},
        },
        "required": ["id", "callback_url", "event_type", "data_type", "expiration_time"],
    },
    "NewSubscription": {
        "type": "object",
        "properties": {
            "callback_url": CALLBACK,
            "verification_token": PROOF,
            "event_type": EVENT,
            "data_type": DATA,
        },
        "required": ["callback_url", "verification_token", "event_type", "data_type"],
        "additionalProperties": False,
    },
    "ChangedSubscription": {
        "type": "object",
        "properties": {
            "verification_token": PROOF,
            "callback_url": {**CALLBACK, "type": ["string", "null"]},
            "event_type": {**EVENT, "type": ["string", "null"], "enum": [*EVENT_TYPES, None]},
            "data_type": {**DATA, "type": ["string", "null"], "enum": [*DATA_TYPES, None]},
        },
        "required": ["verification_token"],
        "additionalProperties": False,
    },
}
ONE, MANY = {"$ref": "#/components/schemas/Subscription"}, {"type": "array"}
ERRORS = {
    "400": "The request could not be read.",
    "401": "The application's id or secret is missing or wrong.",
    "403": "There is no such subscription of this application.",
    "409": "There is one for this event_type and data_type already.",
    "413": "The body is too large.",
    "422": "The body cannot be used, or the address did not answer the challenge.",
    "429": "Too many calls, or too many failed ones.",
}


def described(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """Add the subscriptions to the schema (a hook of its generator)."""
    result["components"]["schemas"].update(SHAPES)
    result["components"]["securitySchemes"].update(SCHEMES)
    listed = {**MANY, "items": ONE}
    result["paths"] |= {
        HOME: {
            "get": _operation("subscriptions", "List your subscriptions", "200", listed),
            "post": _operation("subscribe", "Subscribe", "201", ONE, body="NewSubscription"),
        },
        f"{HOME}/{{id}}": {
            "get": _operation("subscription", "See one subscription", "200", ONE, one=True),
            "put": _operation(
                "change_subscription",
                "Change one subscription",
                "200",
                ONE,
                body="ChangedSubscription",
                one=True,
            ),
            "delete": _operation("unsubscribe", "End one subscription", "204", None, one=True),
        },
        f"{HOME}/renew/{{id}}": {
            "put": _operation("renew_subscription", "Renew one subscription", "200", ONE, one=True)
        },
    }
    return result


def _operation(
    name: str, summary: str, status: str, answer: Schema | None, *, body: str = "", one: bool = False
) -> Schema:
    told: Schema = {
        "operationId": name,
        "summary": summary,
        "description": "Events say that something changed for you, by reference; what, you read with a token.",
        "tags": [TAG],
        "security": SECURITY,
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]
        if one
        else [],
        "responses": {
            status: _answer("Done.", answer),
            **{code: _problem(says) for code, says in ERRORS.items()},
        },
    }
    if body:
        schema = {"$ref": f"#/components/schemas/{body}"}
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return told


def _answer(says: str, schema: Schema | None) -> Schema:
    return {"description": says, **({"content": {"application/json": {"schema": schema}}} if schema else {})}


def _problem(says: str) -> Schema:
    return _answer(says, {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in PROBLEMS]})


PROBLEMS = ("PartnerProblem", "UnreadableParameters")
