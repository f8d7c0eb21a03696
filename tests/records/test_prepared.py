"""What is sent without waiting for each answer is written whole, or not at all."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from consent.grants.models import Partner
from records.prepared import Insert, together

INSERT = Insert(Partner)


def a_partner(slug: str) -> Partner:
    return Partner(slug=slug, changed_at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_what_is_sent_together_is_written_in_its_order() -> None:
    with transaction.atomic(), together():
        INSERT(a_partner("one"))
        Partner.objects.filter(slug="one").update(epoch=2)
        INSERT(a_partner("two"))

    assert dict(Partner.objects.values_list("slug", "epoch")) == {"one": 2, "two": 1}


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_is_asked_for_is_that_of_its_own_statement() -> None:
    with transaction.atomic(), together():
        before = Partner.objects.count()
        INSERT(a_partner("one"))
        after = Partner.objects.count()

    assert (before, after) == (0, 1)


@pytest.mark.django_db(transaction=True)
def test_what_the_database_refuses_takes_the_whole_act_with_it() -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), together():
        INSERT(a_partner("one"))
        INSERT(a_partner("one"))
        INSERT(a_partner("two"))

    assert not Partner.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_by_itself_says_its_own_error_and_leaves_nothing() -> None:
    with pytest.raises(RuntimeError, match="changed its mind"), transaction.atomic(), together():
        INSERT(a_partner("one"))
        raise RuntimeError("the act changed its mind")

    assert not Partner.objects.exists()


@pytest.mark.django_db
def test_a_refused_act_within_another_leaves_the_other_whole() -> None:
    INSERT(a_partner("one"))
    with pytest.raises(IntegrityError), transaction.atomic(), together():
        INSERT(a_partner("one"))

    INSERT(a_partner("two"))

    assert {*Partner.objects.values_list("slug", flat=True)} == {"one", "two"}
    assert not connection.needs_rollback
