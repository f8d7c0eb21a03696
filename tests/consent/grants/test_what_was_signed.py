"""The column that repeated a receipt goes only when it said what was signed, and comes back so (GDPR Art. 7(1))."""

import json
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection

from consent.grants import services, signing
from consent.grants.models import Receipt
from tests.factories import make_grant
from tests.support.flushing import triggers_lifted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TABLE = "consent_grants_receipt"


def to(name: str) -> None:
    call_command("migrate", "consent_grants", name, verbosity=0)


@pytest.fixture
def before_it_went(transactional_db) -> Iterator[list[Receipt]]:
    """Two receipts in a database of the release before, which is brought up to date again whatever happens."""
    services.withdraw(grant_ref=make_grant().ref)
    receipts = list(Receipt.objects.order_by("number"))
    to("0006")
    yield receipts
    with connection.cursor() as cursor, triggers_lifted([TABLE]):
        cursor.execute(f"DELETE FROM {TABLE}")
    to("0008")


def test_it_comes_back_as_it_was_signed_and_goes_again(before_it_went):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT document FROM {TABLE} ORDER BY number")
        told = [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in cursor.fetchall()]
    to("0008")

    assert told == [signing.document_of(receipt) for receipt in before_it_went]
    assert list(Receipt.objects.order_by("number").values_list("jws", flat=True)) == [
        receipt.jws for receipt in before_it_went
    ]


def test_one_that_says_something_else_is_named_and_nothing_goes(before_it_went):
    changed = before_it_went[1]
    with connection.cursor() as cursor, triggers_lifted([TABLE]):
        cursor.execute(f"UPDATE {TABLE} SET document = '{{}}' WHERE number = 2")

    with pytest.raises(ValueError, match=str(changed.ref)):
        to("0008")

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(document) FROM {TABLE}")
        assert cursor.fetchone()[0] == 2
