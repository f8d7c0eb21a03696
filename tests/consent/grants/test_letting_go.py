"""Evidence of consent is deleted on purpose or not at all: by nobody's slip, and by no statement past the house."""

import pytest
from django.db import DatabaseError, connection, transaction

from consent.grants import services
from consent.grants.letting_go import letting_go
from consent.grants.models import Grant, Receipt
from tests.consent.conftest import NOON

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = ["consent_grants_grant", "consent_grants_receipt", "consent_grants_notice"]


@pytest.fixture
def receipt(member, notice) -> Receipt:
    return services.allow(
        member=member, partner="strava", flows=frozenset({"export:workout"}), notice=notice, at=NOON
    )


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", TABLES)
def test_a_statement_of_the_databases_owner_is_refused(receipt, table):  # SR-8.4
    with pytest.raises(DatabaseError, match="DELETE is refused"):
        run(f"DELETE FROM {table}")
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError, match="TRUNCATE is refused"):
            run(f"TRUNCATE {table} CASCADE")
        with pytest.raises(DatabaseError, match="DELETE is refused"):
            run(f"SET LOCAL session_replication_role = replica; DELETE FROM {table}")
    assert Receipt.objects.get().ref == receipt.ref


def test_deleting_the_account_alone_is_refused(receipt, member):
    with pytest.raises(DatabaseError, match="with its member or past its term"), transaction.atomic():
        member.delete()
    assert Grant.objects.exists()


def test_who_says_so_may_and_the_next_may_not(receipt):
    with letting_go():
        Receipt.objects.filter(ref=receipt.ref).delete()
    assert not Receipt.objects.exists()
    with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
        Grant.objects.all().delete()


def test_a_letting_go_that_breaks_off_leaves_all_as_it_was(receipt):
    with pytest.raises(ZeroDivisionError), letting_go():
        Receipt.objects.all().delete()
        raise ZeroDivisionError
    assert Receipt.objects.get().ref == receipt.ref
    with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
        Receipt.objects.all().delete()
