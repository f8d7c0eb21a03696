"""Finding records: what fits and nothing else, a page at a time, honestly counted, and each search an event."""

import html
import json
import re

import pytest

from audit.log.models import Entry
from audit.web import finding, selectors
from tests.audit.web.conftest import SUBJECT, acts, happened, sequenced, text

ROW = re.compile(r'href="/compliance/entries/([0-9a-f-]{36})/"')
OTHER = "ff00ff00ff00ff00ff00ff00ff00ff00"


def listed(answer) -> list[str]:
    return ROW.findall(answer.content.decode().partition('id="h-r"')[2])


@pytest.fixture
def some(db) -> dict[str, Entry]:
    return {
        "out": happened(),
        "in": happened("import.permitted", types=("heart_rate",), reason="permitted"),
        "blocked": happened("release.refused", partner="alexa", types=("sleep_score",), reason="toggle_off"),
        "choice": happened("grant.given", subject=OTHER, types=("workout", "readiness_score")),
        "old": happened(days_ago=40),
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"out", "in", "blocked", "choice"}),  # the last thirty days
        ("since=&until=", {"out", "in", "blocked", "choice", "old"}),
        (f"subject={OTHER}", {"choice"}),
        ("partner=alexa", {"blocked"}),
        ("outcome=out", {"out"}),
        ("outcome=in", {"in"}),
        ("outcome=blocked&partner=alexa", {"blocked"}),
        ("data_type=readiness_score", {"choice"}),
        ("data_type=workout&since=&until=", {"out", "choice", "old"}),
        ("reason=toggle_off", {"blocked"}),
        ("kind=grant.given", {"choice"}),
        ("partner=strava&outcome=blocked", set()),
    ],
)
def test_each_filter_finds_what_fits_and_nothing_else(desk, some, query, found):
    answer = desk.get(f"/compliance/?{query}")

    ids = {str(entry.event_id): name for name, entry in some.items()}
    assert answer.status_code == 200
    assert {ids[each] for each in listed(answer) if each in ids} == found


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ("since=2026-11-20&until=2026-11-01", "until", "To is before From."),
        ("since=tomorrow", "since", "Write it as 2026-11-20"),
        ("partner=nobody", "partner", "There is no such partner"),
        ("data_type=moods", "data_type", "There is no such data type"),
        ("outcome=sideways", "outcome", "It is one of out, in, blocked."),
        ("subject=%27+OR+1%3D1", "subject", "A pseudonym is letters and digits"),
        ("kind=%3Cscript%3E", "kind", "Kinds look like"),
    ],
)
def test_a_filter_that_makes_no_sense_is_named_and_what_was_typed_is_kept(desk, some, query, field, said):
    answer = desk.get(f"/compliance/?{query}")
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "<title>Error: " in page
    assert f'<a href="#f-{field}">' in page
    assert said in text(answer)
    assert re.search(rf'(?:id="f-{field}"[^>]*|<select id="f-{field}"[^>]*)aria-invalid="true"', page)
    typed = query.partition("=")[2].partition("&")[0]
    if typed.isalnum():
        assert f'value="{typed}"' in page
    assert acts("audit.searched") == []  # nothing was found, because nothing was looked for


def test_a_search_is_itself_an_event_with_its_filters_and_the_auditor_s_pseudonym(desk, auditor, some):
    desk.get("/compliance/?partner=strava&outcome=out")

    (search,) = acts("audit.searched")
    told = json.loads(bytes(search.body))
    assert told["facts"]["filters"]["partner"] == "strava"
    assert told["facts"]["filters"]["outcome"] == "out"
    assert told["actor"] not in {"", "operator"}
    assert auditor.email not in bytes(search.body).decode()


def test_no_search_without_its_entry(desk, some, monkeypatch):  # SR-8.6
    from audit.log import chain

    monkeypatch.setattr(chain, "LIMIT", 10)  # the log takes nothing any more
    desk.raise_request_exception = False
    assert desk.get("/compliance/").status_code == 500


def test_paging_by_key_has_no_gap_and_no_repeat_while_new_entries_arrive(desk):
    count = 2 * finding.PAGE + 7
    written = [str(happened().event_id) for _ in range(count)]

    seen: list[str] = []
    address = "/compliance/?kind=delivery.delivered"
    for _ in range(5):
        answer = desk.get(address)
        seen += listed(answer)
        happened()  # meanwhile somebody writes
        older = re.search(r'href="(\?[^"]*before=\d+)[^"]*"', answer.content.decode())
        if older is None:
            break
        address = "/compliance/" + html.unescape(older[1])

    assert seen == written[::-1]


def test_counts_come_from_the_tallies_and_what_waits_is_counted_too(desk, some):
    sequenced()
    happened()
    assert "2 found" in text(desk.get("/compliance/?kind=delivery.delivered"))
    assert "1 found" in text(desk.get(f"/compliance/?subject={OTHER}"))
    assert "0 found" in text(desk.get("/compliance/?partner=clue"))


def test_what_was_not_counted_to_the_end_is_more_than(desk, monkeypatch):
    monkeypatch.setattr(selectors, "COUNTED", 3)
    for _ in range(5):
        happened()
    sequenced()
    assert "More than 3 found" in text(desk.get(f"/compliance/?subject={SUBJECT}"))
    assert "5 found" in text(desk.get("/compliance/?kind=delivery.delivered"))  # the tallies know


def test_when_nothing_fits_the_page_names_the_filter_to_loosen(desk, some):
    page = text(desk.get("/compliance/?partner=strava&outcome=out&kind=grant.given"))
    assert "No records match" in page
    assert "Leave out Outcome" in page
    assert "Leave out Kind of entry" in page
    assert "Leave out Recipient" not in page


def test_an_empty_log_says_so(desk):
    page = text(desk.get("/compliance/?partner=clue"))
    assert "Nothing moved and nothing was blocked." in page
    assert "Not checked yet" in page


def test_the_last_thirty_days_are_told_in_words_numbers_and_bars(desk, some):
    for _ in range(6):
        happened("release.refused", partner="alexa", types=("sleep_score",), reason="toggle_off", days_ago=3)
    sequenced()

    answer = desk.get("/compliance/")
    page = text(answer)

    assert "Blocked requests rose to 6 on" in page
    assert "7 in all, highest day 6" in page
    assert "Amazon Alexa+" in page
    assert "The toggle of this flow was off." in page
    assert answer.content.decode().count('<rect class="bar-stay"') == 2
    assert "Last 30 days: Strava" in text(desk.get("/compliance/?partner=strava"))


@pytest.mark.parametrize(
    "query", ["", "?partner=strava&outcome=out", f"?subject={SUBJECT}", "?data_type=workout"]
)
def test_a_page_asks_the_database_a_handful_of_times(desk, some, django_assert_max_num_queries, query):
    for _ in range(60):
        happened()
    sequenced()
    desk.get("/compliance/")  # the first request also writes when the session was seen
    with django_assert_max_num_queries(25):
        desk.get(f"/compliance/{query}")
