"""The schema of every API we have: whole, without a warning, true to the routes; and the page that draws it."""

import json

import jsonschema  # type: ignore[import-untyped]
import pytest
from django.core.management import call_command
from django.urls import get_resolver
from drf_spectacular.validation import validate_schema

from consent.grants import clock
from integrations.api.routes import COLLECTIONS, SANDBOX
from integrations.api_v1 import docs
from integrations.tokens.issuing import create
from records.members.models import Member
from tests.consent.web.test_every_page import assert_kept_to_the_policy
from tests.factories import make_member
from tests.integrations.api.asking import keep_days, wide
from tests.integrations.tokens.keys import OwnProgram


@pytest.fixture(scope="module")
def schema() -> dict:
    return docs.whole()


def described(schema: dict, path: str, status: str = "200") -> dict:
    """The schema of one answer, with what it refers to beside it."""
    content = schema["paths"][path]["get"]["responses"][status]["content"]
    return {**content["application/json"]["schema"], "components": schema["components"]}


def test_the_schema_is_openapi_3_1_without_a_warning(tmp_path):
    out = tmp_path / "schema.json"
    call_command("spectacular", validate=True, fail_on_warn=True, format="openapi-json", file=str(out))
    written = json.loads(out.read_text())
    assert written["openapi"] == "3.1.0"
    validate_schema(written)


def test_a_schema_with_a_fault_is_no_schema(schema):
    with pytest.raises(jsonschema.ValidationError):
        validate_schema({**schema, "paths": {"/x": {"get": {"responses": "none"}}}})


def test_every_route_of_the_member_api_and_every_collection_is_in_it(schema):
    routes = get_resolver("integrations.api_v1.urls").url_patterns
    named = {
        f"/api/{route.pattern}".replace("<uuid:ref>", "{ref}")
        for route in routes
        if "v1/" in str(route.pattern)
    }
    named = {path for path in named if "(" not in path}
    assert named <= set(schema["paths"])
    for home, collections in (("/v2/usercollection", COLLECTIONS), ("/v2/sandbox/usercollection", SANDBOX)):
        for collection in collections.values():
            assert f"{home}/{collection.name}" in schema["paths"]
            by_id = f"{home}/{collection.name}/{{document_id}}" in schema["paths"]
            assert by_id is collection.by_id


def test_every_address_of_webhooks_is_in_it_with_each_of_its_methods(schema, client, db):
    for path in (path for path in schema["paths"] if path.startswith("/v2/webhook/")):
        answer = client.patch(path.replace("{id}", "x"))
        assert answer.status_code == 405
        assert {method.lower() for method in answer["Allow"].split(", ")} == set(schema["paths"][path])


def test_women_s_health_is_nowhere_in_it(schema):  # SR-5.4
    text = json.dumps({name: part for name, part in schema.items() if name != "info"}).lower()
    for word in ("period_start", "fertile", "cycle", "pregnan", "ovulation", "menopause", "contracept"):
        assert word not in text


@pytest.mark.parametrize("collection", sorted(SANDBOX))
def test_what_the_partner_api_answers_is_of_its_schema(schema, client, db, collection):
    told = create(email=a_member().email, note="a", on="all", at=clock.now())
    asked = client.get(
        f"/v2/usercollection/{collection}", wide(), headers={"Authorization": f"Bearer {told['token']}"}
    )
    assert asked.status_code == 200, asked.content
    jsonschema.validate(asked.json(), described(schema, f"/v2/usercollection/{collection}"))


def test_what_the_member_api_answers_is_of_its_schema(schema, db):
    told = create(email=a_member().email, note="a", on="all", at=clock.now())
    program = OwnProgram(None, told["token"])  # type: ignore[arg-type]
    for path in ("/api/v1/connections", "/api/v1/receipts", "/api/v1/ledger"):
        jsonschema.validate(program.get(path).json(), described(schema, path))


def test_schema_and_docs_are_open_and_say_nothing_of_anyone(client, db):
    answer = client.get("/api/schema/")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert_kept_to_the_policy(page, "/api/docs/")  # SR-4.2
    body = page.content.decode()
    assert body.count("<h1") == 1
    for path in docs.whole()["paths"]:
        assert path in body


def a_member() -> Member:
    member = make_member(timezone="UTC")
    keep_days(member, 2)
    return member
