"""An export stands whole under its name, or not at all; it can always be started again."""

import errno
import os
import stat

import pytest

from audit.exports import manifest, writing
from audit.exports.errors import ExportRefused, NoRoom, NothingSigned, TooLong
from audit.exports.manifest import path_of
from audit.exports.target import trying
from audit.log.filters import Filters
from tests.audit.exports.worlds import EVERY_OTHER, NOON, a_log, check, export

pytestmark = pytest.mark.django_db(transaction=True)
FORMS = [*writing.FORMATS, "by day"]


class FullDisk:
    """A file on a disk that has no room after so many bytes: what the system itself would answer."""

    def __init__(self, file, room: int) -> None:
        self.file, self.room = file, room

    def write(self, content) -> int:
        self.room -= len(content)
        if self.room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self.file.write(content)

    def __getattr__(self, name):
        return getattr(self.file, name)


@pytest.fixture
def log(settings, tmp_path):
    return a_log(settings, tmp_path)


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def begin(form, folder, **how):
    form, by_day = ("parquet", True) if form == "by day" else (form, False)
    return export(form, folder, Filters(), by_day=by_day, **how)


def test_a_full_disk_leaves_nothing_and_says_so(log, out, monkeypatch):
    fdopen = os.fdopen
    for form in FORMS:
        for room in (0, 300):
            monkeypatch.setattr(os, "fdopen", lambda *args, room=room: FullDisk(fdopen(*args), room))
            with pytest.raises(NoRoom, match="Make room and start it again"):
                begin(form, out)
            assert list(out.iterdir()) == [], form
    monkeypatch.undo()
    for form in FORMS:
        (out / form).mkdir()
        begin(form, out / form)
    assert not list(out.rglob("*.part"))


def test_an_interruption_leaves_nothing(log, out):
    def interrupted(done, of):
        raise KeyboardInterrupt

    for form in FORMS:
        with pytest.raises(KeyboardInterrupt):
            begin(form, out, progress=interrupted)
        assert list(out.iterdir()) == [], form


def test_no_event_no_export(log, out):  # SR-8.6
    def refused(done):
        raise RuntimeError("the log says no")

    with pytest.raises(RuntimeError):
        begin("csv", out, before=refused)
    assert list(out.iterdir()) == []


def test_what_a_killed_export_left_goes_with_the_next_and_what_another_is_at_stays(log, out):
    left = out / "export.csv.0a1b2c3d.part"
    left.mkdir()
    (left / "export.csv").write_text("half a ro")
    with trying(out / "export.csv") as at_work:
        path = begin("csv", out)
        assert set(out.iterdir()) == {path, path_of(path), at_work}

    assert check(path)[0] == 0
    assert set(out.iterdir()) == {path, path_of(path)}


def test_whoever_sees_a_file_sees_its_own_manifest(log, out, monkeypatch):
    """A reader looks before and after whatever the system is asked to do to a name."""
    seen = []

    def look():
        path = out / "export.csv"
        seen.append(check(path)[0] if path.exists() else None)

    def watched(ask):
        def asked(*args, **how):
            look()
            ask(*args, **how)
            look()

        return asked

    monkeypatch.setattr(manifest, "INLINE", 3)
    begin("csv", out)
    for name in ("rename", "unlink", "fsync"):
        monkeypatch.setattr(os, name, watched(getattr(os, name)))
    export("csv", out, Filters(partner="alexa"))

    assert seen[0] == seen[-1] == 0
    assert set(seen) == {0, None}


@pytest.mark.parametrize("call", range(1, 7))
def test_what_fails_while_names_are_given_leaves_none(log, out, monkeypatch, call):
    calls = 0
    rename, fsync = os.rename, os.fsync

    def refused(*args):
        nonlocal calls
        calls += 1
        if calls == call:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    def told(done):
        monkeypatch.setattr(os, "rename", lambda *args: (refused(), rename(*args)))
        monkeypatch.setattr(os, "fsync", lambda *args: (refused(), fsync(*args)))

    monkeypatch.setattr(manifest, "INLINE", 3)
    with pytest.raises(ExportRefused, match="Choose another place"):
        export("csv", out, EVERY_OTHER, before=told)
    assert list(out.iterdir()) == []


def test_another_export_of_that_name_takes_the_place_of_the_one_before_with_its_manifest(log, out):
    before = begin("csv", out).read_bytes()
    export("csv", out, Filters(partner="alexa"))

    assert (out / "export.csv").read_bytes() != before
    assert check(out / "export.csv")[0] == 0


def test_only_their_owner_may_read_them(log, out):
    begin("jsonl", out)
    begin("by day", out)

    modes = {stat.S_IMODE(path.stat().st_mode) for path in out.rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.rglob("*") if path.is_dir()} == {0o700}


def test_nothing_is_exported_that_no_checkpoint_covers(settings, out, tmp_path):
    from tests.audit.proofs.worlds import outside

    outside(settings, tmp_path)
    with pytest.raises(NothingSigned):
        begin("csv", out)


def test_a_document_for_people_is_not_longer_than_people_read(log, out, monkeypatch):
    from audit.exports.formats import pdf

    monkeypatch.setattr(pdf, "MOST", 10)
    with pytest.raises(TooLong, match="at most 10 rows"):
        begin("pdf", out)
    assert list(out.iterdir()) == []


@pytest.mark.parametrize(
    ("form", "by_day", "name", "said"),
    [
        ("xls", False, "e.xls", "no format"),
        ("csv", True, "e", "Only parquet"),
        ("csv", False, "nowhere/e.csv", "no such folder"),
        ("csv", False, "", "there already"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_read(out, form, by_day, name, said):
    with pytest.raises(ExportRefused, match=said):
        writing.write(filters=Filters(), format=form, path=out / name, at=NOON, by_day=by_day)


def test_a_name_that_the_system_refuses_is_a_sentence(log, out):
    with pytest.raises(ExportRefused, match="Choose another place"):
        writing.write(filters=Filters(), format="csv", path=out / ("x" * 250), at=NOON)
