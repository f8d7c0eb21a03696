"""Every collection, as a program that was written for that API asks for it."""

import pytest

from consent.gate.projection import project
from consent.manifests.ceilings import SELF_SERVICE, served
from integrations.api import shapes
from integrations.api.routes import COLLECTIONS
from records import admission, generator
from records.vocabulary.registry import KINDS
from tests.integrations.api.asking import TODAY, wide
from tests.integrations.api.test_what_is_served import values

LISTS = [name for name, each in COLLECTIONS.items() if not each.single]


@pytest.mark.django_db
@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_an_envelope_of_documents_with_every_required_key(asker, name):
    answer = asker.get(name, wide())
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert set(body) == {"data", "next_token"}
    assert body["data"] or name in {"rest_mode_period", "vO2_max", "tag", "enhanced_tag", "session"}
    required = {leaf.path for leaf in KINDS[name].fields if leaf.required and "." not in leaf.path}
    for document in body["data"]:
        assert required <= set(document)
        if COLLECTIONS[name].by_id:
            assert asker.get(f"{name}/{document['id']}").json() == document


@pytest.mark.django_db
def test_personal_info_is_one_object(asker):
    body = asker.get("personal_info").json()
    assert set(body) == {"id", "age", "weight", "height", "biological_sex", "email"}
    assert None not in body.values()


def test_all_that_is_released_of_a_document_is_served():
    """What the gate let through and nobody reads would be a disclosure that is none, and its changes would be told."""
    seen = set()
    for new in generator.days("served", until=TODAY, count=60, timezone="UTC", cycle=True):
        kind, public = KINDS[new.kind], admission.sort(new.kind, new.body).public
        if new.kind not in COLLECTIONS or public is None:
            continue
        paths = {path for data_type in SELF_SERVICE for path in served(data_type).get(new.kind, ())}
        released = project(public, kind=kind, paths=paths) or {}
        for row in released.get("rows", [released])[:50]:
            assert set(values(shapes.shaped(new.kind, row, None))) == set(values(row)), new.kind
        seen.add(new.kind)
    assert seen == set(COLLECTIONS)
