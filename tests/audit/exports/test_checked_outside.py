"""An outsider's script accepts each export as written, and none with one thing changed, however well made to fit."""

import hashlib
import json
from datetime import timedelta

import pytest

from audit.exports import manifest
from audit.exports.columns import NAMES
from audit.exports.manifest import path_of, proof_path_of
from audit.log.filters import Filters
from tests.audit.exports.worlds import EVERY_OTHER, NOON, SIZE, a_log, check, export, the_manifest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def log(settings, tmp_path):
    return a_log(settings, tmp_path)


def made_to_fit(path, rows):
    """The forger's own manifest: the file's new hash and count, which nobody signed."""
    told = the_manifest(path)
    told |= {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "rows": rows}
    path_of(path).write_text(json.dumps(told))


@pytest.mark.parametrize("form", ["csv", "jsonl", "fhir", "parquet", "pdf"])
def test_every_export_is_accepted_also_one_of_nothing(log, tmp_path, form):
    nothing = Filters(kinds=("nothing.happened",))
    for filters, rows in ((Filters(), SIZE), (EVERY_OTHER, SIZE // 2), (nothing, 0)):
        path = export(form, tmp_path, filters)
        code, said = check(path)

        assert code == (3 if form in {"parquet", "pdf"} else 0), (
            said
        )  # 3: no proof binds their bytes to the log
        told = the_manifest(path)
        assert (told["filters"], told["format"], told["file"]) == (filters.told(), form, path.name)
        assert told["rows"] == rows


def test_a_whole_log_needs_no_proof_and_a_time_of_it_little(log, tmp_path):
    whole, some = export("csv", tmp_path, Filters()), export("jsonl", tmp_path, Filters(since=log[8].at))

    assert the_manifest(whole)["proof"] == []
    assert len(the_manifest(some)["proof"]) == 1  # the first eight entries are one hash
    assert check(some)[0] == 0


def test_a_long_proof_lies_in_a_file_of_its_own(log, tmp_path, monkeypatch):
    monkeypatch.setattr(manifest, "INLINE", 3)
    path = export("jsonl", tmp_path)

    assert the_manifest(path)["proof_file"] == proof_path_of(path).name
    assert check(path)[0] == 0
    proof_path_of(path).write_text(proof_path_of(path).read_text().replace("A", "B", 1))
    assert check(path)[0] == 1


def changed(lines):
    return [*lines[:5], lines[5].replace(b"release", b"rElease", 1), *lines[6:]]


def changed_in_the_entry(lines):
    before, cut, after = lines[5].rpartition(b"permitted" if b"permitted" in lines[5] else b"toggle_off")
    return [*lines[:5], before + cut.swapcase() + after, *lines[6:]]


WAYS = {
    "changed": changed,
    "changed in the entry": changed_in_the_entry,
    "removed": lambda lines: [*lines[:5], *lines[6:]],
    "the last removed": lambda lines: lines[:-1],
    "added": lambda lines: [*lines, lines[-1]],
    "swapped": lambda lines: [*lines[:5], lines[6], lines[5], *lines[7:]],
    "moved to another index": lambda lines: [
        *lines[:5],
        lines[5].replace(b"11", b"10", 1)
        if lines[5][:1] == b'"'
        else lines[5].replace(b'"index":11', b'"index":10'),
        *lines[6:],
    ],
}


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_no_row_can_be_changed_and_the_manifest_made_to_fit(log, tmp_path, form):
    path = export(form, tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    honest = the_manifest(path)
    for way, forge in WAYS.items():
        forged = forge(lines)
        assert forged != lines, way
        path_of(path).write_text(json.dumps(honest))
        path.write_bytes(b"".join(forged))
        assert check(path)[0] == 1, way

        made_to_fit(path, len(forged) - (form == "csv"))
        code, said = check(path)
        assert (code, said[:13]) == (1, "Not verified."), way


def test_no_cell_of_a_csv_can_be_changed(log, tmp_path):
    path = export("csv", tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    for column, name in enumerate(NAMES):
        cells = lines[7].rstrip(b"\n").split(b'","', 10)
        other = b"8" if cells[column][-3:-2] == b"7" else b"7"
        cells[column] = cells[column][:-3] + other + cells[column][-2:] if column else b'"14'
        path.write_bytes(b"".join([*lines[:7], b'","'.join(cells) + b"\n", *lines[8:]]))
        made_to_fit(path, SIZE // 2)
        assert check(path)[0] == 1, name


@pytest.mark.parametrize("form", ["fhir", "parquet", "pdf"])
def test_no_byte_of_the_others_can_be_changed(log, tmp_path, form):
    path = export(form, tmp_path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)

    assert check(path)[0] == 1


def test_a_forged_bundle_is_refused_with_a_manifest_that_fits(log, tmp_path):
    path = export("fhir", tmp_path)
    bundle = json.loads(path.read_bytes())
    bundle["entry"][3], bundle["entry"][4] = bundle["entry"][4], bundle["entry"][3]
    path.write_text(json.dumps(bundle))
    made_to_fit(path, SIZE // 2)

    assert check(path)[0] == 1


def test_the_filters_of_a_manifest_cannot_hide_rows_by_its_checkpoint(log, tmp_path):
    path = export("jsonl", tmp_path)
    told = the_manifest(path)
    told["checkpoint"] = told["checkpoint"].replace(f"\n{SIZE}\n", f"\n{SIZE - 1}\n")
    path_of(path).write_text(json.dumps(told))

    assert check(path)[0] == 1


@pytest.mark.parametrize("form", ["csv", "jsonl", "fhir"])
@pytest.mark.parametrize(
    "told",
    [
        {"partner": "alexa"},
        {"partner": "strava", "outcome": "in"},
        {"subjects": ["s1", "s2"]},
        {"kinds": ["release.permitted"]},
        {"kinds": "release.permitted release.refused"},
        {"data_type": "sleep"},
        {"reason": "toggle_off"},
        {"since": "2026-11-20T23:00:00.000000Z"},
        {"until": "2026-11-20T23:00:00.000000Z"},
        {"partner": "strava", "member": "s1"},
        "all",
        None,
    ],
)
def test_rows_cannot_be_handed_over_under_other_filters(log, tmp_path, form, told):
    """Whoever hands another export over as the one that was asked for is found by its rows."""
    path = export(form, tmp_path)
    path_of(path).write_text(json.dumps(the_manifest(path) | {"filters": told}))
    code, said = check(path)
    assert (code, said[:13]) == (1, "Not verified."), said


@pytest.mark.parametrize(
    "filters",
    [
        Filters(subjects=("s1", "s2"), kinds=("release.permitted", "release.refused")),
        Filters(data_type="workout", outcome="out", reason="permitted"),
        Filters(since=NOON + timedelta(hours=3, microseconds=3), until=NOON + timedelta(hours=9)),
    ],
)
def test_rows_under_their_own_filters_are_accepted(log, tmp_path, filters):
    for form in ("csv", "jsonl", "fhir"):
        path = export(form, tmp_path, filters)
        assert the_manifest(path)["rows"] > 0
        assert check(path)[0] == 0


def test_a_format_that_there_is_not_is_not_passed_over(log, tmp_path):
    path = export("jsonl", tmp_path)
    path_of(path).write_text(json.dumps(the_manifest(path) | {"format": "json"}))
    assert check(path)[0] == 1
