"""Files of the API's own JSON: what is sound is read, what is not is named, and nothing stops the rest."""

import json
from datetime import date
from pathlib import Path

import pytest

from records import generator
from records.admission import NewDocument
from records.reading import Malformed, kind_named, read

UNTIL = date(2026, 11, 19)
NIGHTS = [
    dict(new.body)
    for new in generator.days("file", until=UNTIL, count=3, timezone="UTC", cycle=False)
    if new.kind == "sleep"
]
ROWS = [
    row for new in generator.day(of=UNTIL, timezone="UTC", seed="file") for row in new.body.get("rows", ())
]
CANARY = "CANARY-7719"


def _file(folder: Path, content: object, name: str = "sleep.json") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def _read(path: Path, kind: str | None = None) -> tuple[list[NewDocument], list[Malformed]]:
    found = list(read(path, kind))
    return [each for each in found if isinstance(each, NewDocument)], [
        each for each in found if isinstance(each, Malformed)
    ]


@pytest.mark.parametrize("wrapped", [{"data": NIGHTS, "next_token": None}, NIGHTS])
def test_an_envelope_and_an_array_are_read(tmp_path, wrapped):
    documents, malformed = _read(_file(tmp_path, wrapped))

    assert [new.body for new in documents] == NIGHTS
    assert [new.external_id for new in documents] == [night["id"] for night in NIGHTS]
    assert {(new.kind, new.origin) for new in documents} == {("sleep", "file")}
    assert malformed == []


def test_one_document_is_read(tmp_path):
    documents, malformed = _read(_file(tmp_path, NIGHTS[0]))

    assert ([new.body for new in documents], malformed) == ([NIGHTS[0]], [])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *(("sleep.json", "sleep"), ("sleep-2026.json", "sleep"), ("daily_sleep_2026-01.json", "daily_sleep")),
        *(
            ("Daily_Readiness 2026.json", "daily_readiness"),
            ("heartrate.1.json", "heartrate"),
            ("period.json", "period"),
        ),
        *(
            ("sleep_time.json", "sleep_time"),
            ("VO2_max.json", "vO2_max"),
            ("sleepy.json", None),
            ("export.json", None),
            ("my_sleep.json", None),
        ),
    ],
)
def test_the_kind_is_that_of_the_files_name(name, kind):
    assert kind_named(Path(name)) == kind


def test_the_kind_that_is_given_goes_before_the_name(tmp_path):
    documents, _ = _read(_file(tmp_path, NIGHTS, "export.json"), "sleep")

    assert len(documents) == 3


@pytest.mark.parametrize(("name", "kind"), [("export.json", None), ("sleep.json", "daily_cycle_phases")])
def test_a_file_of_no_known_kind_says_what_to_do(tmp_path, name, kind):
    documents, (malformed,) = _read(_file(tmp_path, NIGHTS, name), kind)

    assert documents == []
    assert malformed.index is None
    assert "daily_readiness" in malformed.says


def test_a_malformed_document_is_named_by_file_index_and_field_and_the_rest_goes_on(tmp_path):
    broken = {**NIGHTS[1], "bedtime_start": CANARY}
    path = _file(tmp_path, [NIGHTS[0], broken, 7, NIGHTS[2]])
    documents, malformed = _read(path)

    assert [new.body for new in documents] == [NIGHTS[0], NIGHTS[2]]
    assert [(each.file, each.index, each.field) for each in malformed] == [
        (str(path), 1, "bedtime_start"),
        (str(path), 2, ""),
    ]
    assert CANARY not in "".join(map(str, malformed))
    assert "document 1, bedtime_start:" in str(malformed[0])


def _raw(old: str, new: str) -> bytes:
    return json.dumps(NIGHTS[:1]).replace(old, new, 1).encode()


@pytest.mark.parametrize(
    ("content", "index", "field"),
    [
        (_raw('"low_battery_alert": false', '"low_battery_alert": NaN'), 0, "low_battery_alert"),
        (_raw('"period": 0', '"period": 1e999'), 0, "period"),
        (_raw('"period": 0', '"period": 0, "period": 1'), 0, ""),
        (_raw('"period": 0', '"period": 0, "new": ' + "[" * 40 + "]" * 40), 0, ""),
        (_raw('"type": "long_sleep"', '"type": "\\ud800"'), 0, "type"),
        (_raw('"type": "long_sleep"', '"type": "a\\u0000"'), 0, "type"),
        (b'[{"id": "1",]', None, ""),
        (b"", None, ""),
        (b"\xff\xfe[]", None, ""),
        (b"[" * 200_000, None, ""),
        (b'{"data": 5}', None, ""),
        (b'{"data": [], "data": []}', None, ""),
        (b"[" + b"9" * 6000 + b"]", None, ""),
        (b"null", 0, ""),
    ],
    ids=range(14),
)
def test_bad_content_is_answered_once_and_plainly(tmp_path, content, index, field):
    documents, malformed = _read(_file(tmp_path, content))

    assert documents == []
    assert [(each.index, each.field) for each in malformed] == [(index, field)]
    assert malformed[0].says


def test_a_file_that_is_not_there_or_too_large_is_answered(tmp_path):
    huge = tmp_path / "sleep.json"
    with huge.open("wb") as opened:
        opened.truncate(64 * 1024 * 1024 + 1)

    for path in (huge, tmp_path / "sleep-1.json", tmp_path):
        documents, (malformed,) = _read(path, "sleep")
        assert documents == []
        assert malformed.index is None


def test_an_empty_list_is_nothing_and_no_mistake(tmp_path):
    assert _read(_file(tmp_path, {"data": [], "next_token": None})) == ([], [])


def test_a_byte_order_mark_is_forgiven(tmp_path):
    documents, malformed = _read(_file(tmp_path, b"\xef\xbb\xbf" + json.dumps(NIGHTS).encode()))

    assert (len(documents), malformed) == (3, [])


def test_rows_of_heart_rate_become_one_document_a_utc_day(tmp_path):
    tomorrow = {"timestamp": "2026-11-19T20:00:00-05:00", "timestamp_unix": 1, "bpm": 60, "source": "awake"}
    wrong = {**tomorrow, "bpm": "sixty"}
    documents, malformed = _read(_file(tmp_path, {"data": [*ROWS, tomorrow, wrong]}, "heartrate.json"))

    assert [(new.external_id, len(new.body["rows"])) for new in documents] == [
        ("2026-11-19", 288),
        ("2026-11-20", 1),
    ]
    assert [(each.index, each.field) for each in malformed] == [(289, "bpm")]


def test_a_period_in_a_file_is_read_and_stays_the_members_own(tmp_path):
    period = {"id": "p", "day": "2026-11-19", "flow": "light"}
    documents, malformed = _read(_file(tmp_path, [period], "period-2026.json"))

    assert [(new.kind, new.body) for new in documents] == [("period", period)]
    assert malformed == []
