"""What is looked for in the log is planned for its own values; the connection goes on as before."""

import pytest
from django.db import DatabaseError, connection, transaction

from audit.log.planning import planned_anew

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def mode() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW plan_cache_mode")
        told: str = cursor.fetchone()[0]
    return told


def test_a_question_to_the_log_is_planned_for_its_values_and_only_that_one():
    with planned_anew():
        assert mode() == "force_custom_plan"
    assert mode() == "auto"


def test_a_question_that_failed_leaves_nothing_behind():
    with pytest.raises(DatabaseError, match="no_such_table"), transaction.atomic():
        ask_what_is_not_there()
    assert mode() == "auto"
    with pytest.raises(DatabaseError, match="no_such_table"):
        ask_what_is_not_there()
    assert mode() == "auto"


@planned_anew()
def ask_what_is_not_there() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM no_such_table")
