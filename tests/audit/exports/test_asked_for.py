"""Exports from the pages: asked for, made once, an event each, gone after a day."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.exports import selectors, services
from audit.exports.errors import ExportRefused
from audit.exports.manifest import path_of
from audit.exports.models import Export, State
from audit.log.filters import Filters
from audit.oversight import holds
from audit.proofs import sequencer
from integrations import work
from tests.audit.exports.worlds import EVERY_OTHER, SIZE, a_log, check, events, the_manifest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def log(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    return a_log(settings, tmp_path)


def asked(form="csv", filters=EVERY_OTHER) -> Export:
    return services.request(filters=filters, format=form, actor="a1", at=timezone.now())


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "fhir", "pdf"])
def test_the_worker_makes_what_was_asked_for(log, form):
    export = asked(form)
    assert [(job.verb, job.ref) for job in work.due() if job.verb == "export"] == [("export", export.ref)]
    work.Job("export", export.ref).run()

    export.refresh_from_db()
    assert (export.state, export.rows, export.percent) == (State.DONE, SIZE // 2, 100)
    assert export.expires_at
    assert export.finished_at
    assert export.expires_at - export.finished_at == timedelta(hours=24)
    path = selectors.path_of(export)
    assert list(selectors.files(export)) == [path.name, path_of(path).name]
    assert check(path)[0] == (3 if form in {"parquet", "pdf"} else 0)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_once_the_log_has_signed_the_entry_the_worker_completes_the_manifest(log, form):
    export = asked(form)
    for _ in range(2):
        services.run(export.ref)  # nobody has signed it yet
    export.refresh_from_db()
    path = selectors.path_of(export)
    assert (the_manifest(path)["event_proof"], export.proved_at) == (None, None)
    assert the_manifest(path)["ask_for"] == f"manage.py audit prove --event {export.event}"

    sequencer.run()
    assert services.due() == [export.ref]
    work.Job("export", export.ref).run()

    export.refresh_from_db()
    assert export.proved_at
    assert json.loads(the_manifest(path)["event_proof"]["entry"])["facts"]["sha256"] == export.sha256
    assert "ask_for" not in the_manifest(path)
    assert check(path)[0] == 0
    assert services.due() == []
    assert set(path.parent.iterdir()) == {path, path_of(path)}


def test_each_export_is_an_event_that_tells_what_left_and_no_more(log):
    export = asked()
    services.run(export.ref)
    export.refresh_from_db()

    (event,) = events()
    assert (event["actor"], event["subject"], event["outcome"]) == ("a1", "", "")
    assert event["facts"] == {
        "format": "csv",
        "filters": {"partner": "strava"},
        "rows": SIZE // 2,
        "sha256": export.sha256,
        "checkpoint": SIZE,
    }


def test_filters_about_very_many_pseudonyms_still_fit_an_entry(log):
    export = asked(filters=Filters(subjects=tuple(f"{n:064}" for n in range(200))))
    services.run(export.ref)
    assert events()[0]["facts"]["filters"] == {"subjects": 200}

    sequencer.run()
    services.run(export.ref)
    path = selectors.path_of(Export.objects.get())
    assert check(path)[0] == 0
    told = the_manifest(path)
    told["filters"]["subjects"][7] = "somebody else"
    path_of(path).write_text(json.dumps(told))
    assert "The pseudonyms in the manifest" in check(path)[1]


def test_an_export_is_made_once_however_often_it_is_run(log):
    export = asked()
    for _ in range(2):
        services.run(export.ref)

    assert len(events()) == 1


def test_an_export_that_somebody_writes_is_left_to_them_until_they_are_gone(log):
    export = asked()
    Export.objects.update(state=State.RUNNING, beat_at=timezone.now())
    services.run(export.ref)
    assert (services.due(), events()) == ([], [])

    Export.objects.update(beat_at=timezone.now() - services.LOST - timedelta(seconds=1))
    left = selectors.folder_of(export.ref) / "a try before" / "half.csv"
    left.parent.mkdir(parents=True)
    left.write_text("half a ro")
    assert services.due() == [export.ref]
    services.run(export.ref)
    assert Export.objects.get().state == State.DONE
    assert not left.parent.exists()


def test_an_export_that_kills_its_writers_is_not_begun_for_ever(log):
    export = asked()
    Export.objects.update(
        state=State.RUNNING, tries=services.TRIES, beat_at=timezone.now() - services.LOST * 2
    )
    services.run(export.ref)

    export.refresh_from_db()
    assert (export.state, services.due(), events()) == (State.FAILED, [], [])
    assert "begun 5 times" in export.trouble
    assert services.ask_again(ref=export.ref, at=timezone.now())
    services.run(export.ref)
    assert Export.objects.get().state == State.DONE


def test_what_goes_wrong_stands_in_the_row_and_it_can_be_started_again(log, settings):
    export = asked()
    (settings.VAR_DIR).mkdir()
    (settings.VAR_DIR / "exports").write_text("in the way")
    services.run(export.ref)
    export.refresh_from_db()
    assert (export.state, export.trouble) == (State.FAILED, "The folder for exports cannot be written to.")
    assert selectors.files(export) == {}

    (settings.VAR_DIR / "exports").unlink()
    assert services.ask_again(ref=export.ref, at=timezone.now())
    services.run(export.ref)
    assert Export.objects.get().state == State.DONE
    assert not services.ask_again(ref=export.ref, at=timezone.now())


def test_a_missing_key_fails_the_export_with_its_sentence(log, settings):
    settings.LOG_KEY, settings.LOG_KEY_TROUBLE = "", ""
    export = asked()
    services.run(export.ref)

    export.refresh_from_db()
    assert export.state == State.FAILED
    assert "RINGFENCE_LOG_KEY" in export.trouble


def test_files_are_deleted_after_a_day_and_the_history_stays(log):  # SR-9.3
    export = asked()
    services.run(export.ref)
    end = Export.objects.get().expires_at
    assert end is not None
    assert services.expire(at=end - timedelta(seconds=1)) == 0
    assert services.expire(at=end) == 1

    export.refresh_from_db()
    assert (export.state, selectors.files(export)) == (State.EXPIRED, {})
    assert not selectors.folder_of(export.ref).exists()
    assert list(selectors.history()) == [export]


def test_what_lies_there_for_an_export_that_is_over_is_swept_away(log):
    """A try that was asleep for so long that it woke after the end, and was then killed."""
    over, ready = asked(), asked()
    for export in (over, ready):
        services.run(export.ref)
    end = Export.objects.get(ref=over.ref).expires_at
    Export.objects.filter(ref=ready.ref).update(expires_at=timezone.now() + timedelta(days=3))
    services.expire(at=end)
    late = selectors.folder_of(over.ref) / "a late try" / "half.csv"
    late.parent.mkdir(parents=True)
    late.write_text("half a ro")
    stranger = selectors.folder() / "somebody's"
    stranger.mkdir()

    services.expire()
    assert set(selectors.folder().iterdir()) == {selectors.folder_of(ready.ref), stranger}


def test_the_schedule_of_retention_lets_files_go_in_batches(log):
    for _ in range(3):
        services.run(asked().ref)
    later = timezone.now() + timedelta(days=2)
    drops = [services.ExportFiles().drop(before=later, held=holds.held(), batch=2) for _ in range(3)]

    assert drops == [2, 1, 0]


def test_an_unknown_format_is_refused_when_asked_for(log):
    with pytest.raises(ExportRefused, match="csv, jsonl") as refused:
        asked("xls")
    assert refused.value.name == "format"
