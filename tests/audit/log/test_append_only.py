"""The log is written with the act or not at all, and the database itself refuses to rewrite it (SR-8.4, SR-8.6)."""

import json
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from audit.log import chain, services
from audit.log.events import Event
from audit.log.models import Entry, Waiting
from tests.support.writing import written

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def an_event(**changes) -> Event:
    return Event(
        **{
            "kind": "grant.given",
            "actor": "member",
            "subject": "s1",
            "at": NOON,
            "partner": "strava",
            **changes,
        }
    )


def by_sql(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_an_entry_holds_the_bytes_that_were_hashed() -> None:
    entry = written(an_event(facts={"flows": ["export:workout"]}))

    assert chain.leaf_hash(bytes(entry.body)) == bytes(entry.leaf)
    assert json.loads(bytes(entry.body))["facts"] == entry.facts == {"flows": ["export:workout"]}


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_the_transaction_of_its_act_is_refused() -> None:
    with pytest.raises(services.EntryOutsideTransaction):
        services.append(an_event())
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_leaves_no_entry() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        services.append(an_event())
        raise RuntimeError("the act failed")
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log_entry SET kind = 'nothing.happened'",
        "UPDATE audit_log_entry SET at = at",
        "DELETE FROM audit_log_entry",
        "DELETE FROM audit_log_entry WHERE kind = 'grant.given'",
    ],
)
def test_the_database_refuses_to_rewrite_history(statement: str) -> None:
    entry = written(an_event())

    with pytest.raises(DatabaseError, match="append-only"):
        by_sql(statement)

    assert bytes(Entry.objects.get().body) == bytes(entry.body)


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_to_put_another_entry_in_the_place_of_one() -> None:
    """`INSERT OR REPLACE` passes SQLite's update and delete triggers; PostgreSQL's way round is TRUNCATE."""
    entry = written(an_event())
    columns = "id, event_id, at, {}, subject, partner, body, leaf"
    others = f"SELECT {columns.format(chr(39) * 2)} FROM audit_log_entry"
    replace = f"INSERT OR REPLACE INTO audit_log_entry ({columns.format('kind')}) {others}"

    with pytest.raises(DatabaseError, match="append-only"):
        by_sql(replace if connection.vendor == "sqlite" else "TRUNCATE audit_log_entry CASCADE")

    assert Entry.objects.get().kind == entry.kind


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_replica_session_does_not_switch_the_triggers_off() -> None:
    with transaction.atomic():
        services.append(an_event())

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM audit_log_entry")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("month", ["2026-11-01", "2033-05-01"])  # one that stands, one that is made only now
def test_whoever_inserts_an_entry_by_whatever_way_puts_it_in_line(month: str) -> None:
    """Even its owner, into one month past the log's own table, in a session that takes itself for a replica."""
    at = datetime.fromisoformat(month).replace(tzinfo=UTC)
    event = an_event(at=at)
    body = chain.canonical(event.entry())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT audit_log_prepare_months(%s, 1)", [month])
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            f"INSERT INTO audit_log_entry_{at:%Y_%m} (event_id, at, kind, subject, partner, outcome, reason, types,"
            " body, leaf) VALUES (%s, %s, 'grant.given', 's1', 'strava', '', '', '', %s, %s) RETURNING id",
            [event.event_id, at, body, chain.leaf_hash(body)],
        )
        (number,) = cursor.fetchone()

    assert list(Waiting.objects.values_list("entry", "at")) == [(number, at)]
