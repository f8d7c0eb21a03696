"""Two tries at one export: a writer sleeps over its claim, another takes over, the first wakes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from audit.exports import selectors, services
from audit.exports.models import Export, State
from audit.log.models import Entry
from tests.audit.exports.worlds import EVERY_OTHER, SIZE, a_log, check

pytestmark = pytest.mark.django_db(transaction=True)
SOON = 20  # seconds


@pytest.fixture
def export(settings, tmp_path) -> Export:
    settings.VAR_DIR = tmp_path / "var"
    a_log(settings, tmp_path)
    return services.request(filters=EVERY_OTHER, format="csv", actor="a1", at=timezone.now())


HALF = "*/*.part/*.csv"  # its file was begun
WHOLE = "*/*.csv"  # its file has its name in the try's folder; that it is done has yet to be said


class Writer(threading.Thread):
    """A worker that makes the export, and falls asleep where it next asks the database once its file is there."""

    def __init__(self, ref: UUID, when: str) -> None:
        super().__init__(daemon=True)
        self.ref, self.when = ref, when
        self.others = self.there()
        self.asleep, self.wake = threading.Event(), threading.Event()

    def there(self) -> set[Path]:
        return set(selectors.folder_of(self.ref).glob(self.when))

    def run(self) -> None:
        try:
            with connection.execute_wrapper(self._sleeps):
                services.run(self.ref)
        finally:
            connection.close()

    def _sleeps(self, execute, sql, params, many, context):
        if not self.asleep.is_set() and self.there() - self.others:
            self.asleep.set()
            assert self.wake.wait(SOON)
        return execute(sql, params, many, context)


@contextmanager
def begun(ref: UUID, when: str = HALF) -> Iterator[Writer]:
    writer = Writer(ref, when)
    writer.start()
    assert writer.asleep.wait(SOON)
    try:
        yield writer
    finally:
        writer.wake.set()
        writer.join(SOON)
    assert not writer.is_alive()


def nobody_hears_of_it() -> None:
    Export.objects.update(beat_at=timezone.now() - services.LOST - timedelta(seconds=1))


def told() -> int:
    return Entry.objects.filter(kind="audit.exported").count()


@pytest.mark.parametrize("when", [HALF, WHOLE])
def test_a_writer_that_wakes_puts_nothing_of_its_successors_in_place(export, when):
    with begun(export.ref, when) as first:
        nobody_hears_of_it()
        with begun(export.ref):
            first.wake.set()
            first.join(SOON)

            export.refresh_from_db()
            assert (export.state, export.rows, export.trouble) == (State.RUNNING, None, "")
            assert (selectors.files(export), told()) == ({}, 0)

    export.refresh_from_db()
    assert (export.state, export.rows, told()) == (State.DONE, SIZE // 2, 1)
    path = selectors.path_of(export)
    assert check(path)[0] == 0
    assert {each for each in selectors.folder_of(export.ref).rglob("*") if each.is_file()} == set(
        selectors.files(export).values()
    )


@pytest.mark.parametrize("when", [HALF, WHOLE])
def test_a_writer_that_wakes_after_the_end_changes_nothing(export, when):
    with begun(export.ref, when):
        nobody_hears_of_it()
        services.run(export.ref)
        before = Export.objects.values().get()

    assert Export.objects.values().get() == before
    export.refresh_from_db()
    assert (export.state, told()) == (State.DONE, 1)
    assert check(selectors.path_of(export))[0] == 0
