"""Each form says what the log says, in its order, and other people's programs read it."""

import csv
import json
from datetime import timedelta

import duckdb
import pyarrow.parquet as pq
import pytest
from django.db import transaction
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from audit.exports import selection
from audit.exports.columns import NAMES, safe
from audit.log import chain, services
from audit.log.filters import Filters
from tests.audit.exports.worlds import (
    EVERY_OTHER,
    NOON,
    SIZE,
    a_log,
    an_event,
    check,
    export,
    the_manifest,
    write,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def log(settings, tmp_path):
    return a_log(settings, tmp_path)


def cells(index, event):
    entry = event.entry()
    body = chain.canonical(entry)
    return [
        str(index), entry["id"], entry["at"], entry["kind"], entry["subject"], entry["partner"],
        " ".join(entry["types"]), entry["outcome"], entry["facts"]["reason"], chain.leaf_hash(body).hex(),
        body.decode(),
    ]  # fmt: skip


@pytest.mark.parametrize("filters", [Filters(), EVERY_OTHER, Filters(kinds=("nothing.happened",))])
def test_csv_holds_every_entry_meant_in_its_order(log, tmp_path, filters):
    path = export("csv", tmp_path, filters)
    rows = list(csv.reader(path.open(encoding="utf-8", newline="")))

    meant = [
        (n, one) for n, one in enumerate(log) if filters.partner in ("", one.partner) and not filters.kinds
    ]
    assert rows == [list(NAMES), *(cells(n, one) for n, one in meant)]
    assert the_manifest(path)["rows"] == len(meant)
    assert all(
        line.startswith('"') and line.endswith('"') for line in path.read_text().splitlines()
    )  # SR-4.11


def test_json_lines_hold_the_very_bytes_that_were_hashed(log, tmp_path):
    lines = export("jsonl", tmp_path).read_bytes().splitlines()

    meant = [(n, chain.canonical(one.entry())) for n, one in enumerate(log) if one.partner == "strava"]
    assert lines == [b'{"entry":%s,"index":%d}' % (body, n) for n, body in meant]
    assert [json.loads(line)["index"] for line in lines] == [n for n, _ in meant]


def test_parquet_has_types_of_its_own(log, tmp_path):
    rows = pq.read_table(export("parquet", tmp_path)).to_pylist()

    meant = [(n, one) for n, one in enumerate(log) if one.partner == "strava"]
    assert [row["index"] for row in rows] == [n for n, _ in meant]
    assert [row["at"] for row in rows] == [one.at for _, one in meant]
    assert [row["types"] for row in rows] == [list(one.types) for _, one in meant]
    assert [row["entry"].encode() for row in rows] == [chain.canonical(one.entry()) for _, one in meant]
    assert [row["leaf"] for row in rows] == [cells(n, one)[9] for n, one in meant]


def test_duckdb_asks_the_file_and_the_folder_by_day_the_same_and_hears_the_same(log, tmp_path):
    file = export("parquet", tmp_path)
    folder = tmp_path / "by-day"
    export("parquet", tmp_path, Filters())
    from audit.exports import writing

    writing.write(filters=Filters(), format="parquet", path=folder, at=NOON, by_day=True)
    asked = 'SELECT outcome, count(*), epoch_us(min("at")), max(len(types)) FROM {} GROUP BY 1 ORDER BY 1'

    of_file = duckdb.sql(asked.format(f"read_parquet('{file}')")).fetchall()
    of_folder = duckdb.sql(
        asked.format(f"read_parquet('{folder}/*/*.parquet', hive_partitioning=true)")
    ).fetchall()
    assert of_file == of_folder
    assert sum(row[1] for row in of_file) == SIZE

    days = {one.at.date().isoformat() for one in log}
    assert {part.name for part in folder.glob("day=*")} == {f"day={day}" for day in days}
    one_day = f"SELECT count(*) FROM read_parquet('{folder}/*/*.parquet') WHERE day = '2026-11-21'"
    assert duckdb.sql(one_day).fetchall() == [
        (sum(one.at.date().isoformat() == "2026-11-21" for one in log),)
    ]
    assert check(folder / "_SHA256SUMS", tmp_path / "by-day.manifest.json")[0] == 3


def test_fhir_is_a_bundle_of_audit_events(log, tmp_path):
    bundle = Bundle.model_validate_json(export("fhir", tmp_path).read_bytes())

    meant = [(n, one) for n, one in enumerate(log) if one.partner == "strava"]
    for given_, (n, event) in zip(bundle.entry or [], meant, strict=True):
        resource = given_.resource
        index, entry = resource.extension
        assert (resource.get_resource_type(), index.valueString) == ("AuditEvent", str(n))
        assert entry.valueBase64Binary == chain.canonical(event.entry())
        assert (resource.type.code, resource.recorded) == (event.kind, event.at)
        assert [who.who.identifier.value for who in resource.agent] == ["gate", "strava"]
        assert resource.outcome == ("4" if event.outcome == "blocked" else "0")


def test_a_pdf_tells_a_person_what_was_looked_for_and_how_to_check(log, tmp_path):
    pages = PdfReader(export("pdf", tmp_path)).pages
    text = "\n".join(page.extract_text() for page in pages)

    assert "About the partner strava." in text
    assert "verify_ringfence.py" in text
    assert f"checkpoint of {SIZE} entries" in text
    assert "20 rows." in text
    assert "Page 1" in text
    assert all(f"2026-11-{day}" in text for day in (20, 21, 22))


def test_a_pdf_goes_on_over_pages_with_its_heading(settings, tmp_path):
    a_log(settings, tmp_path, count=90)
    pages = [page.extract_text() for page in PdfReader(export("pdf", tmp_path, Filters())).pages]

    assert len(pages) >= 2
    assert all("Pseudonym" in page and f"Page {n}" in page for n, page in enumerate(pages, 1))


def test_an_entry_that_has_no_index_yet_is_not_exported(log, tmp_path):
    with transaction.atomic():
        services.append(an_event(SIZE))

    assert len(export("jsonl", tmp_path, Filters()).read_bytes().splitlines()) == SIZE


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "'=1", '"+1', " '\"@x", "＝1", "\u00a0-2"]


def test_no_cell_of_a_csv_is_a_formula(settings, tmp_path):  # SR-4.11
    from tests.audit.proofs.worlds import outside

    outside(settings, tmp_path)
    write(
        *(an_event(n, kind=f[:40], partner=f, subject=f, facts={"reason": f}) for n, f in enumerate(FORMULAS))
    )
    path = export("csv", tmp_path, Filters())
    rows = list(csv.DictReader(path.open(encoding="utf-8", newline="")))

    for row, formula in zip(rows, FORMULAS, strict=True):
        assert row["kind"] == row["partner"] == row["subject"] == row["reason"] == f"'{formula}"
        assert json.loads(row["entry"])["partner"] == formula
    assert check(path)[0] == 0


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


def test_whatever_is_in_a_cell_both_ways_write_the_same_and_the_script_reads_it(settings, tmp_path):
    """The database's rule and Python's are one rule, over many strange words at once."""
    from tests.audit.proofs.worlds import outside

    outside(settings, tmp_path)
    found: list[str] = []

    @given(st.lists(WORDS, min_size=150, max_size=150))
    @__import__("hypothesis").settings(max_examples=1, database=None)
    def draw(words):
        found[:] = words

    draw()
    begun = [f"{blank}{sign}x" for blank in ("", " ", "'", '"', "\n", "\v") for sign in "=+-@\t\r#A0é"]
    write(*(an_event(n, partner=word, subject=word) for n, word in enumerate([*found, *begun])))
    path = export("csv", tmp_path, Filters())
    rows = list(csv.DictReader(path.open(encoding="utf-8", newline="")))

    assert [row["partner"] for row in rows] == [safe(word) for word in [*found, *begun]]
    assert [json.loads(row["entry"])["partner"] for row in rows] == [*found, *begun]
    assert check(path) == (0, check(path)[1])
    table = pq.read_table(export("parquet", tmp_path, Filters()))
    assert table["partner"].to_pylist() == [*found, *begun]


def test_a_day_that_comes_again_gets_another_part(settings, tmp_path, monkeypatch):
    from audit.exports import writing
    from audit.exports.formats import parquet
    from tests.audit.proofs.worlds import outside

    outside(settings, tmp_path)
    monkeypatch.setattr(parquet, "OPEN", 1)
    monkeypatch.setattr(parquet, "TOGETHER", 1)
    monkeypatch.setattr(parquet, "FEW", 1)
    monkeypatch.setattr(selection, "ROWS", 1)
    for days in (0, 1, 0):
        write(an_event(0, at=NOON + timedelta(days=days)))
    writing.write(filters=Filters(), format="parquet", path=tmp_path / "days", at=NOON, by_day=True)

    found = duckdb.sql(f"SELECT count(*) FROM read_parquet('{tmp_path}/days/*/*.parquet')").fetchall()
    assert found == [(3,)]
