"""The sandbox: the same for everybody, of the same shapes, and nothing of any member's."""

import pytest

from integrations.api.routes import SANDBOX
from records.vocabulary.registry import KINDS
from tests.integrations.api.asking import Asker, make_asker, wide
from tests.integrations.api.test_what_is_served import NEVER, values

HOME = "/v2/sandbox/usercollection"


def listed(asker: Asker, name: str, query: dict[str, str] | None = None) -> list[dict]:
    answer = asker.get(f"{HOME}/{name}", wide() if query is None else query)
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


@pytest.mark.django_db
def test_every_collection_has_data_and_its_ids_resolve():
    asker = make_asker(on="none", scope="email")  # any token of ours will do
    for name, collection in SANDBOX.items():
        documents = listed(asker, name)
        assert documents, name
        required = {leaf.path for leaf in KINDS[name].fields if leaf.required and "." not in leaf.path}
        for document in documents:
            assert required <= set(document)
            assert not NEVER & {path.rpartition(".")[2] for path in values(document)}
        if collection.by_id:
            for document in documents[:3]:
                assert asker.get(f"{HOME}/{name}/{document['id']}").json() == document
                other = "sleep" if name != "sleep" else "daily_sleep"
                assert asker.get(f"{HOME}/{other}/{document['id']}").status_code == 404


@pytest.mark.django_db
def test_it_is_the_same_for_everybody_and_pages_hold_everything_once(settings):
    one, other = make_asker(), make_asker(client="legacy-client")
    whole = listed(one, "daily_sleep")
    assert whole == listed(other, "daily_sleep")
    settings.API_PAGE_ROWS = 7
    answer, seen = one.get(f"{HOME}/daily_sleep", wide()).json(), []
    while True:
        seen += answer["data"]
        if answer["next_token"] is None:
            break
        answer = one.get(f"{HOME}/daily_sleep", {"next_token": answer["next_token"]}).json()
    assert seen == whole
    token = one.get(f"{HOME}/daily_sleep", wide()).json()["next_token"]
    assert (
        one.get("daily_sleep", {"next_token": token}).status_code == 400
    )  # it opens nothing of the real thing


@pytest.mark.django_db
def test_it_needs_a_token_and_refuses_what_the_real_thing_refuses():
    asker = make_asker()
    assert asker.get(f"{HOME}/sleep", {"start_date": "soon"}).status_code == 422
    assert (
        asker.get(f"{HOME}/sleep", {"start_date": "2026-02-02", "end_date": "2026-02-01"}).status_code == 400
    )
    assert Asker(asker.member, asker.grant, "nonsense").get(f"{HOME}/sleep").status_code == 401
