"""What a look alone cannot promise: contrast of every token pair, drawings for any number of partners, few queries."""

import itertools
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from consent.manifests.register import manifests
from consent.web import pictures, words
from consent.web.words import workout
from tests.consent.web.conftest import share

CSS = (Path(settings.BASE_DIR) / "static/ringfence/app.css").read_text()
TOKENS = dict(re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), #[0-9a-f]{6}\)", CSS))
DARK = dict(re.findall(r"--([\w-]+): light-dark\(#[0-9a-f]{6}, (#[0-9a-f]{6})\)", CSS))
TEXT = [(ink, ground) for ink in ("ink", "muted", "brand") for ground in ("bg", "surface", "sunken")]
TEXT += [(kind, f"{kind}-soft") for kind in ("out", "in", "stay", "good", "warn", "bad")]
TEXT += [("ink", f"{kind}-soft") for kind in ("out", "in", "stay", "good", "warn", "brand")]
TEXT += [("bg", "ink"), ("on-brand", "brand"), ("out", "surface"), ("in", "surface"), ("bad", "surface")]
MARKS = [
    (mark, ground)
    for mark in ("edge", "out-mark", "in-mark", "stay-mark", "focus")
    for ground in ("bg", "surface")
]


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (WCAG 2.2, 1.4.3)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("tokens", [TOKENS, DARK], ids=["light", "dark"])
def test_text_and_marks_stand_out_in_both_themes(tokens):
    assert [(a, b) for a, b in TEXT if contrast(tokens[a], tokens[b]) < 4.5] == []
    assert [(a, b) for a, b in MARKS if contrast(tokens[a], tokens[b]) < 3] == []


def test_the_measure_of_contrast_is_the_known_one():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") < 4.5


def test_the_stylesheet_stays_small_and_writes_the_reading_way():
    assert CSS.count("\n") < 600
    assert (
        re.findall(r"(?<![\w-])(?:margin|padding|border)-(?:left|right)|(?<![\w-])(?:left|right)\s*:", CSS)
        == []
    )
    assert "http" not in CSS


@pytest.mark.parametrize("count", range(14))
def test_the_ring_has_a_gate_for_every_partner_and_keeps_them_inside_the_picture(count):
    drawn = pictures.ring([(f"Partner {number}", True, number % 2 == 0) for number in range(count)])

    left, top, width, height = map(float, drawn.box.split())
    assert len(drawn.gates) == count
    assert len(drawn.arcs) == count
    for gate in drawn.gates:
        assert left + 19 <= float(gate.x) <= left + width - 19
        assert top + 19 <= float(gate.y) <= top + height - 19
    places = [(float(gate.x), float(gate.y)) for gate in drawn.gates]
    apart = [((x - u) ** 2 + (y - v) ** 2) ** 0.5 for i, (x, y) in enumerate(places) for u, v in places[:i]]
    assert min(apart, default=99) > 38  # no disc covers another


NAMES = [manifest.name for manifest in manifests() if manifest.listed and manifest.flows]


@pytest.mark.parametrize("count", range(1, 7))
def test_the_longest_names_stay_inside_the_ring_s_picture_and_clear_of_the_ring(count):
    longest = sorted(NAMES, key=len)[-count:]
    drawn = pictures.ring([(name, True, True) for name in longest])

    left, top, width, height = map(float, drawn.box.split())
    for gate in drawn.gates:
        half, x, y = len(gate.name) * 6 / 2, float(gate.x), float(gate.name_y)
        assert left <= x - half
        assert x + half <= left + width
        assert top + 11 <= y <= top + height
        # the corner of the words that is nearest to the middle, from the middle of the ring
        across = max(abs(x - 170) - half, 0)
        down = max(abs(y - 4 - 130) - 5, 0)
        assert (across**2 + down**2) ** 0.5 > 74 + 4.5


def test_no_two_partners_have_the_same_letters_in_the_ring():
    assert len({words.initials(name) for name in NAMES}) == len(NAMES) == 10


@pytest.mark.parametrize(("outs", "ins"), [(1, 0), (0, 1), (4, 2), (7, 2), (11, 9), (12, 12)])
def test_the_fence_has_room_for_every_stream(outs, ins):
    drawn = pictures.fence([("Out", True)] * outs, [("In", False)] * ins)

    middles = [float(stream.gate_y) for stream in (*drawn.outs, *drawn.ins)]
    assert len(middles) == outs + ins
    assert min(middles) - 17 >= 0
    assert max(middles) + 17 <= drawn.height
    assert min((b - a for a, b in itertools.pairwise(middles)), default=99) >= 34  # no box covers another


def test_of_a_long_list_the_closed_ones_are_one_stream(lin, browser_of_lin):
    share(lin, "export:steps", "export:sleep", partner="apple-health")

    page = browser_of_lin.get("/connections/apple-health/").content.decode()

    drawing = page.partition("<figure")[2].partition("</svg>")[0]
    assert drawing.count('class="shut"') == 2  # one each way
    assert "8 closed" in drawing
    assert "9 closed" in drawing
    told = page.partition("Closed, out")[2].partition("</dd>")[0]
    assert "Breathing rate" in told  # and each by its name in the words below


def test_bars_share_one_scale_that_begins_at_nothing():
    tall, half, none = pictures.bars([(4, 0), (2, 4), (0, 0)])

    assert float(tall.out_height) == 2 * float(half.out_height) == float(half.in_height)
    assert (none.out_height, none.in_height) == ("0.0", "0.0")


def test_a_workout_is_told_as_a_person_would_tell_it():
    fields = {
        "activity": "running",
        "start_datetime": "2026-11-19T18:02:00-05:00",
        "end_datetime": "2026-11-19T18:33:00-05:00",
        "heart_rate": {"interval": 5, "items": [140, None, 144], "timestamp": "2026-11-19T18:02:00-05:00"},
    }
    assert workout(fields) == ("Evening run", "18:02, 31 minutes, average 142 beats a minute")
    assert workout({"activity": "yoga"}) == ("Yoga", "")
    assert words.length(65 * 60) == "1 hour 5 minutes"
    assert words.when(
        datetime(2026, 11, 19, 8, tzinfo=UTC), now=datetime(2026, 11, 20, 9, tzinfo=UTC)
    ).startswith("yesterday")


@pytest.mark.parametrize("path", ["/connections/", "/connections/strava/", "/activity/", "/stop/"])
def test_a_page_asks_the_database_a_bounded_number_of_times(
    lin, browser_of_lin, django_assert_max_num_queries, path
):
    share(lin, "export:workout", "export:readiness_score")
    browser_of_lin.get(path)  # the first request also writes when the session was seen
    with django_assert_max_num_queries(30):
        browser_of_lin.get(path)
