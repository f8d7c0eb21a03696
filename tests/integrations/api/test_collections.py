"""Every collection, as a program that was written for that API asks for it."""

import pytest

from integrations.api.routes import COLLECTIONS
from records.vocabulary.registry import KINDS
from tests.integrations.api.asking import wide

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
