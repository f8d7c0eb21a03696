"""What one request asks of the database: five statements and one commit at most, whatever the number of rows (G5)."""

import re
import sys
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent.gate import door
from integrations.api.routes import COLLECTIONS, SANDBOX
from records.admission import NewDocument
from tests.factories import make_member
from tests.integrations.api.asking import TODAY, Asker, keep, keep_days, make_asker, wide

MOST = 5
ENDS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def asked(asker: Asker, path: str, query: dict[str, str] | None = None) -> tuple[int, list[str]]:
    """Return how a request was answered, and the statements that it took."""
    with CaptureQueriesContext(connection) as captured:
        status = asker.get(path, query).status_code
    return status, [each["sql"] for each in captured]


@pytest.mark.django_db(transaction=True)
def test_a_request_takes_five_statements_and_one_commit_at_most(transactional_db):
    member = make_member(timezone="UTC")
    keep_days(member, 9)
    asker = make_asker(member)
    asker.get("personal_info")  # what is made at its first use is there now
    for name in COLLECTIONS:
        status, statements = asked(asker, name, wide())
        assert status == 200
        told = [sql for sql in statements if not sql.startswith(ENDS)]
        assert len(told) <= MOST, told
        ends = [sql.split()[0] for sql in statements if sql.startswith(ENDS)]
        assert ends == ["BEGIN", "COMMIT"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "path",
    [
        "daily_sleep/00000000-0000-4000-8000-000000000000", "sleep/nothing", "daily_sleep",
        "daily_sleep?start_date=soon",
    ],
)  # fmt: skip
def test_refusals_take_no_more(transactional_db, path):
    asker = make_asker(on="steps")
    asker.get("personal_info")
    _, statements = asked(asker, path)
    assert len([sql for sql in statements if not sql.startswith(ENDS)]) <= MOST
    assert sum(sql == "COMMIT" for sql in statements) == 1


def tag(name: str, code: str) -> NewDocument:
    at = f"{TODAY}T08:00:00+00:00"
    body = {"id": name, "tag_type_code": code, "start_time": at, "start_day": str(TODAY)}
    return NewDocument("enhanced_tag", body, external_id=name)


@pytest.mark.django_db(transaction=True)
def test_by_id_what_turned_private_is_asked_for_and_answered_as_what_was_never_there(transactional_db):
    """SR-5.4: a partner keeps the id of a tag; the member makes it one of their cycle, deletes it, or neither."""
    member, stranger = make_member(timezone="UTC"), make_member(timezone="UTC")
    for each in (member, stranger):
        keep(each, [tag("private", "tag_generic_caffeine"), tag("gone", "tag_generic_travel")])
    asker, other = make_asker(member), make_asker(stranger)
    mine = {each["tag_type_code"]: each["id"] for each in asker.get("enhanced_tag", wide()).json()["data"]}
    keep(member, [tag("private", "tag_generic_period")])
    door.forget(member_id=member.id, origin="ring", external_id="gone")
    ids = {
        "private": mine["tag_generic_caffeine"],
        "gone": mine["tag_generic_travel"],
        "another's": other.get("enhanced_tag", wide()).json()["data"][0]["id"],
        "never there": "8d1c1f5e-8f0a-4c5e-9d55-0c9f3f3f6f55",
    }
    answers = {name: asker.get(f"enhanced_tag/{ref}") for name, ref in ids.items()}
    assert {(each.status_code, each.content) for each in answers.values()} == {(404, answers["gone"].content)}
    headers = [{key: each.headers[key] for key in each.headers} for each in answers.values()]
    assert len({tuple(sorted(each.keys() - {"X-Request-Id"})) for each in headers}) == 1
    forms = {name: _forms(asked(asker, f"enhanced_tag/{ref}")[1]) for name, ref in ids.items()}
    assert len({tuple(each) for each in forms.values()}) == 1, forms
    # In rounds, for what is asked first pays for what the others find warm.
    rounds = [{name: _steps(asker, f"enhanced_tag/{ref}") for name, ref in ids.items()} for _ in range(5)]
    steps = {name: min(each[name] for each in rounds) for name in ids}
    assert max(steps.values()) - min(steps.values()) < 10, steps  # opening a document takes dozens


def _forms(statements: list[str]) -> list[str]:
    """Return statements without their values."""
    return [re.sub(r"'[^']*'|\b\d+\b|[0-9a-f]{32}", "?", sql) for sql in statements]


def _steps(asker: Asker, path: str) -> int:
    """Return how many functions a request calls: its time without the noise of the machine."""
    seen = Counter[str]()
    sys.setprofile(lambda frame, event, arg: seen.update([event]))
    try:
        asker.get(path)
    finally:
        sys.setprofile(None)
    return seen["call"] + seen["c_call"]


@pytest.mark.django_db(transaction=True)
def test_the_sandbox_reads_no_row_of_any_member(transactional_db):
    asker = make_asker()
    for name in SANDBOX:
        status, statements = asked(asker, f"/v2/sandbox/usercollection/{name}", wide())
        assert status == 200
        told = [sql for sql in statements if not sql.startswith(ENDS)]
        assert len(told) == 2, told  # whose token it is, and how many requests it has made
