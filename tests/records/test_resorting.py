"""A change of vocabulary sorts again what the one before let leave, before its policy is in force."""

from datetime import UTC, date, datetime

import pytest

from records import generator, selectors, services
from records.admission import NewDocument
from records.models import PrivateDocument
from tests.records.older import stored_before

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
UNTIL = date(2026, 11, 19)
CANARY = "spotting-CANARY-5512"

pytestmark = pytest.mark.django_db


def _run(label: str) -> NewDocument:
    made = generator.workout(
        start=datetime(2026, 11, 19, 17, tzinfo=UTC), minutes=30, seed="rest", label=label
    )
    return NewDocument("workout", made.body, "ring", made.external_id)


def _tag(code: str) -> NewDocument:
    body = {
        "id": "t1",
        "tag_type_code": code,
        "start_time": "2026-11-19T09:00:00Z",
        "start_day": "2026-11-19",
    }
    return NewDocument("enhanced_tag", body, "ring", "t1")


def test_a_new_vocabulary_sorts_again_what_the_old_one_let_leave(key):
    # DESIGN: a change of vocabulary re-sorts before its policy is in force.
    run, tag = _run(CANARY), _tag("tag_generic_period")
    noted, entry = (stored_before(key, each, day=UNTIL) for each in (run, tag))
    outcome = services.resort(owner_key=key, at=AT)

    assert {(each.ref, each.changed, each.removed) for each in outcome} == {
        (noted.id, True, False),
        (entry.id, False, True),
    }
    assert CANARY not in str([each.fields for each in selectors.documents(key=key)])
    assert CANARY in str([each.fields for each in selectors.whole_documents(key=key)])
    assert [each.kind for each in selectors.private_documents(key=key)] == ["enhanced_tag"]
    assert services.resort(owner_key=key, at=AT) == []
    assert services.save(owner_key=key, documents=[tag], at=AT) == [], (
        "the same entry again is found where it is now"
    )
    assert PrivateDocument.objects.count() == 2


def test_sorting_again_by_the_same_vocabulary_changes_nothing(key):
    made = list(generator.days("again", until=UNTIL, count=7, timezone="America/New_York", cycle=True))
    services.save(owner_key=key, documents=made, at=AT)
    before = [(each.ref, each.fields) for each in selectors.whole_documents(key=key)]

    assert services.resort(owner_key=key, at=AT) == []
    assert [(each.ref, each.fields) for each in selectors.whole_documents(key=key)] == before
