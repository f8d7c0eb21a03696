"""What one request asks of the database: five statements and one commit at most, whatever the number of rows (G5)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.api.routes import COLLECTIONS, SANDBOX
from tests.factories import make_member
from tests.integrations.api.asking import Asker, keep_days, make_asker, wide

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


@pytest.mark.django_db(transaction=True)
def test_the_sandbox_reads_no_row_of_any_member(transactional_db):
    asker = make_asker()
    for name in SANDBOX:
        status, statements = asked(asker, f"/v2/sandbox/usercollection/{name}", wide())
        assert status == 200
        told = [sql for sql in statements if not sql.startswith(ENDS)]
        assert len(told) == 2, told  # whose token it is, and how many requests it has made
