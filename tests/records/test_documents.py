"""Documents at rest: sealed, found again, sorted, and gone when they should be."""

import copy
import io
import pickle
from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records import generator, selectors, services
from records.admission import NewDocument
from records.errors import DocumentMalformed
from records.members.keyring import SealBroken
from records.models import Document, PrivateDocument
from records.sealing import Seals

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
UNTIL = date(2026, 11, 19)
CANARY = "spotting-CANARY-5512"

pytestmark = pytest.mark.django_db


def _save(key, *documents):
    return services.save(owner_key=key, documents=documents, at=AT)


def _run(**changes) -> NewDocument:
    made = generator.workout(start=datetime(2026, 11, 19, 17, tzinfo=UTC), minutes=30, seed="rest")
    return NewDocument("workout", {**made.body, **changes}, "ring", made.external_id)


def _tag(code: str | None, **changes) -> NewDocument:
    body = {
        "id": "t1",
        "tag_type_code": code,
        "start_time": "2026-11-19T09:00:00Z",
        "start_day": "2026-11-19",
    }
    return NewDocument("enhanced_tag", {**body, **changes}, "ring", "t1")


def _period() -> NewDocument:
    return NewDocument("period", {"id": "p1", "day": "2026-11-19", "flow": "heavy", "note": CANARY})


def test_a_saved_document_comes_back_with_an_id_of_ours(key):
    run = _run()
    (saved,) = _save(key, run)
    stored = selectors.document(key=key, ref=saved.ref)

    assert (saved.created, saved.changed, saved.removed) == (True, True, False)
    assert (saved.kind, saved.day, saved.origin) == ("workout", UNTIL, "ring")
    assert stored is not None
    expected = {name: value for name, value in run.body.items() if name != "label"}
    assert stored.fields == {**expected, "id": str(saved.ref)}
    assert run.external_id not in str(stored.fields)


def test_nothing_readable_is_at_rest(key):
    # SR-6.1: a raw cursor, dumpdata, a replica or a backup show ciphertext.
    _save(key, _run(label=CANARY, activity=CANARY), _period(), _tag(None, comment=CANARY))
    dumped = io.StringIO()
    call_command("dumpdata", "records", stdout=dumped)

    assert CANARY not in dumped.getvalue()
    for word in ("heavy", "period", "enhanced_tag", "heart_rate", str(key.raw)):
        assert word not in dumped.getvalue()
    assert "workout" in dumped.getvalue()  # the kind of what may be shared is no secret of the row


def test_a_body_moved_to_another_row_does_not_open(key):
    first, second = _save(key, _run(), _tag("tag_generic_caffeine"))
    Document.objects.filter(id=first.ref).update(body=Document.objects.get(id=second.ref).body)

    with pytest.raises(SealBroken):
        selectors.document(key=key, ref=first.ref)


def test_another_members_key_finds_and_opens_nothing(key, other_key):
    (saved,) = _save(key, _run())

    assert selectors.document(key=other_key, ref=saved.ref) is None
    assert list(selectors.documents(key=other_key)) == []
    Document.objects.filter(id=saved.ref).update(owner=Seals.of(other_key).owner)
    with pytest.raises(SealBroken):
        selectors.document(key=other_key, ref=saved.ref)


def test_what_is_the_members_alone_causes_nothing(key):
    # SR-5.3, 5.4: no reference comes back, and no answer of any question but the member's own copy changes.
    before = (
        selectors.newest_day(key=key),
        selectors.references(key=key),
        list(selectors.documents(key=key)),
    )

    assert (
        _save(key, _period(), _tag("tag_generic_period"), _tag("custom", id="t2"), _tag(None, id="t3")) == []
    )
    after = (selectors.newest_day(key=key), selectors.references(key=key), list(selectors.documents(key=key)))
    assert before == after == (None, [], [])
    assert {each.kind for each in selectors.private_documents(key=key)} == {"period", "enhanced_tag"}


def test_no_question_that_release_asks_touches_the_private_table(key):
    (saved,) = _save(key, _run(label=CANARY))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        selectors.document(key=key, ref=saved.ref)
        list(selectors.documents(key=key, kind="workout", since=UNTIL, until=UNTIL))
        selectors.references(key=key)
        selectors.newest_day(key=key, kinds=["workout"])

    assert len(asked) == 4
    assert not [query for query in asked.captured_queries if "privatedocument" in query["sql"]]


def test_a_private_row_tells_nothing_but_whose_it_is(key):
    _save(key, _period(), _tag("tag_generic_period"), _run(label="x"))
    rows = PrivateDocument.objects.all()

    assert {field.name for field in PrivateDocument._meta.get_fields()} == {"id", "owner", "body"}
    assert len({len(row.body) for row in rows}) == 1, "padded: the length names no kind"
    assert not {row.id for row in rows} & set(Document.objects.values_list("id", flat=True))


def test_the_same_document_again_changes_nothing(key):
    (first,) = _save(key, _run())
    (again,) = _save(key, _run())
    (changed,) = _save(key, _run(calories=999.0))

    assert (again.ref, again.created, again.changed) == (first.ref, False, False)
    assert (changed.ref, changed.created, changed.changed) == (first.ref, False, True)
    assert Document.objects.get(id=first.ref).revision == 2


def test_a_new_note_alone_is_no_change_to_anybody_else(key):
    _save(key, _run())
    (saved,) = _save(key, _run(label=CANARY))

    assert saved.changed is False
    assert Document.objects.get(id=saved.ref).revision == 1
    (own,) = selectors.whole_documents(key=key)
    assert own.fields["label"] == CANARY


def test_a_note_taken_away_is_gone(key):
    _save(key, _run(label=CANARY))
    _save(key, _run(label=None))

    assert PrivateDocument.objects.count() == 0


def test_a_tag_that_turns_private_is_to_everyone_else_removed(key):
    (public,) = _save(key, _tag("tag_generic_caffeine"))
    (turned,) = _save(key, _tag("tag_generic_period"))

    assert (turned.ref, turned.removed) == (public.ref, True)
    assert list(selectors.documents(key=key)) == []
    assert _save(key, _tag("tag_generic_period")) == []
    (back,) = _save(key, _tag("tag_generic_caffeine"))
    assert back.created
    assert selectors.private_documents(key=key) == []


def test_rows_of_a_day_gather_in_one_document(key):
    row = {"timestamp": "2026-11-19T10:00:00Z", "timestamp_unix": 1000, "bpm": 60, "source": "awake"}
    later = {**row, "timestamp": "2026-11-19T10:05:00Z", "timestamp_unix": 2000}
    _save(key, NewDocument("heartrate", {"rows": [later]}))
    (saved,) = _save(key, NewDocument("heartrate", {"rows": [row, {**later, "bpm": 61}]}))

    (stored,) = selectors.documents(key=key, kind="heartrate")
    assert [each["bpm"] for each in stored.fields["rows"]] == [60, 61]
    assert saved.changed
    assert Seals.of(key).reference("heartrate", "ring", "2026-11-19") == saved.ref


def test_a_malformed_document_stores_nothing_of_its_batch_and_is_not_repeated(key):
    with pytest.raises(DocumentMalformed) as refused:
        _save(key, _tag("tag_generic_caffeine"), _run(intensity=CANARY))

    assert "intensity" in str(refused.value)
    assert CANARY not in str(refused.value)
    assert refused.value.index == 1
    assert Document.objects.count() == 0


def test_a_partner_brings_what_its_flow_carries_and_no_more_is_asked(key):
    carried = {"activity": "running", "day": "2026-11-19", "start_datetime": "2026-11-19T08:00:00-05:00"}
    ended = {**carried, "end_datetime": "2026-11-19T08:30:00-05:00"}
    (saved,) = _save(key, NewDocument("workout", ended, "strava", "991"))

    stored = selectors.document(key=key, ref=saved.ref)
    assert stored is not None
    assert stored.fields == {**ended, "id": str(saved.ref)}
    with pytest.raises(DocumentMalformed):
        _save(key, NewDocument("workout", carried, "strava", "992"))


def test_what_an_origin_has_under_an_id_is_forgotten_with_its_notes(key):
    run = _run(label=CANARY)
    (saved,) = _save(key, run)
    _save(key, _tag("tag_generic_caffeine"))
    (gone,) = services.forget(owner_key=key, origin="ring", external_id=run.external_id)

    assert (gone.ref, gone.removed) == (saved.ref, True)
    assert [each.kind for each in selectors.documents(key=key)] == ["enhanced_tag"]
    assert PrivateDocument.objects.count() == 0
    assert services.forget(owner_key=key, origin="ring", external_id=run.external_id) == []


def test_all_that_came_from_one_origin_is_forgotten(key):
    brought = NewDocument("workout", {**_run(label=CANARY).body}, "strava", "991")
    _save(key, brought, _tag("tag_generic_caffeine"), _period())
    gone = services.forget_all(owner_key=key, origin="strava")

    assert [each.kind for each in gone] == ["workout"]
    assert {each.kind for each in selectors.whole_documents(key=key)} == {"enhanced_tag", "period"}
    assert PrivateDocument.objects.count() == 1


def test_erasing_takes_everything_of_one_member_and_nothing_of_another(key, other_key):
    _save(key, _run(label=CANARY), _period())
    _save(other_key, _run(label=CANARY), _period())
    services.erase(owner_key=key)

    assert list(selectors.whole_documents(key=key)) == []
    assert len(list(selectors.whole_documents(key=other_key))) == 2


def test_the_members_own_copy_has_everything_as_it_was(key):
    made = list(generator.days("copy", until=UNTIL, count=30, timezone="America/New_York", cycle=True))
    _save(key, *made)
    ours = {"id", "origin"}  # the id is ours, and who made a document of ours is written into it
    given = lambda body: {name: value for name, value in body.items() if name not in ours}  # noqa: E731
    in_order = lambda bodies: sorted(bodies, key=repr)  # noqa: E731

    own = [
        given(each.fields) for each in selectors.whole_documents(key=key) if each.kind != "mindful_minutes"
    ]
    assert in_order(map(_plain, own)) == in_order(_plain(given(new.body)) for new in made)


def test_questions_are_answered_by_kind_and_day(key):
    _save(key, *generator.days("ask", until=UNTIL, count=5, timezone="UTC", cycle=False))

    nights = list(
        selectors.documents(key=key, kind="sleep", since=date(2026, 11, 17), until=date(2026, 11, 18))
    )
    assert [each.day.day for each in nights] == [17, 18]
    assert selectors.newest_day(key=key, kinds=["sleep"]) == UNTIL
    assert {each.kind for each in selectors.references(key=key, since=UNTIL)} >= {"sleep", "daily_readiness"}


def test_an_opened_document_prints_masked_and_refuses_to_stray(key):
    (saved,) = _save(key, _run())
    stored = selectors.document(key=key, ref=saved.ref)

    assert "heart_rate" not in repr(stored)
    assert "running" not in str(stored)
    for stray in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            stray(stored)
    row = Document.objects.get(id=saved.ref)
    assert row.body not in repr(row) + str(row)


def _plain(body: dict) -> list:
    return sorted(
        (name, repr(sorted(value.items()) if isinstance(value, dict) else value))
        for name, value in body.items()
    )
