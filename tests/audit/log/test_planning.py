"""What is looked for in the log is planned for its own values; the connection goes on as before."""

import pytest
from django.db import DatabaseError, connection

from audit.log.planning import planned_anew

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
OFTEN = 8  # more than it takes for a statement to be prepared


def ask(what: str) -> None:
    with connection.cursor() as cursor:
        for number in range(OFTEN):
            cursor.execute(f"SELECT {what}, %s::int", [number])


def kept(what: str) -> int:
    with connection.cursor() as cursor:
        told = "SELECT count(*), coalesce(sum(generic_plans + custom_plans), 0) FROM pg_prepared_statements WHERE "
        cursor.execute(f"{told} statement LIKE %s", [f"SELECT {what},%"])
        count, runs = cursor.fetchone()
    return int(runs) if count else 0


def test_a_question_to_the_log_is_not_prepared_though_others_are_before_and_after():
    with planned_anew():
        ask("'the log'")
    assert kept("'the log'") == 0

    ask("'the log'")
    runs = kept("'the log'")
    assert runs > 0
    with planned_anew():
        ask("'the log'")
    assert kept("'the log'") == runs


def test_a_question_that_failed_leaves_nothing_behind():
    with pytest.raises(DatabaseError, match="no_such_table"), planned_anew():
        ask("(SELECT 1 FROM no_such_table)")
    ask("'another'")
    assert kept("'another'") > 0
