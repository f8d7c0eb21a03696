"""`manage.py audit reconcile`: the result as JSON, a sentence and exit code 1 when anything differs."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.log.models import Entry
from consent.grants import clock
from integrations.connectors.port import Delivered
from integrations.deliveries import claiming, outcomes
from integrations.deliveries.models import Delivery
from tests.factories import log_workout, make_connection, make_grant, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivered() -> Delivery:
    member = make_member()
    make_connection(make_grant(member))
    (delivery,) = log_workout(member)
    claimed = claiming.claim(delivery.id)
    assert claimed is not None
    outcomes.commit(claimed, Delivered("1"), None)
    return Delivery.objects.get()


def said(*words: str) -> dict:
    out = StringIO()
    call_command("audit", "reconcile", *words, stdout=out)
    return json.loads(out.getvalue())


def test_what_agrees_is_told_with_its_counts_and_is_an_event(delivered):
    told = said()
    assert (told["acts"], told["entries"], told["differ"], told["first"]) == (2, 2, 0, [])
    entry = Entry.objects.get(kind="audit.reconciled")
    assert entry.facts == told
    assert json.loads(bytes(entry.body))["actor"] == "operator"


def test_what_differs_is_listed_and_ends_with_a_sentence(delivered):
    Delivery.objects.all().delete()
    out = StringIO()
    with pytest.raises(CommandError, match="2 acts and entries differ") as ended:
        call_command("audit", "reconcile", stdout=out)
    assert ended.value.returncode == 1
    assert [each["finding"] for each in json.loads(out.getvalue())["first"]] == ["entry_without_act"] * 2


def test_one_day_is_held_by_itself(delivered):
    today = clock.now().date()
    assert said("--day", str(today))["acts"] == 2
    assert said("--day", str(today - timedelta(days=1)))["entries"] == 0


def test_a_day_that_has_not_begun_or_cannot_be_read_is_refused():
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    with pytest.raises(CommandError, match="has not begun"):
        said("--day", str(tomorrow))
    with pytest.raises(CommandError, match="YYYY-MM-DD"):
        said("--day", "soon")
