"""What a member logs: coffee and travel, words of their own, and, with a cycle, the period and its insights."""

from collections.abc import Iterator
from datetime import date, timedelta

from records.admission import NewDocument
from records.generator.chance import (
    CYCLE_LENGTH,
    PERIOD_LENGTH,
    Person,
    after,
    cycle_day,
    dice,
    document,
    local,
    phase,
    stamp,
)

HARMLESS = (
    "tag_generic_caffeine",
    "tag_generic_alcohol",
    "tag_generic_late_meal",
    "tag_sleep_travel",
    "tag_generic_sauna",
)
OWN_WORDS = ("Bad news from work", "Birthday dinner, long night", "New pillow, let's see")
FLOW = ("medium", "heavy", "medium", "light", "spotting")


def tags(who: Person, day: date) -> Iterator[NewDocument]:
    """Yield the day's tags, each under the older route as well, as the API does."""
    for each in _tags(who, day):
        yield each
        yield older(each, day)


def older(of: NewDocument, day: date) -> NewDocument:
    """Return the same entry as the older route has it."""
    code = of.body["tag_type_code"]
    body = {
        "day": day.isoformat(),
        "tags": [code] if code else [],
        "timestamp": of.body["start_time"],
        "text": of.body["comment"],
    }
    return document("tag", day, body, number=int(of.external_id.rpartition("-")[2]))


def _tags(who: Person, day: date) -> Iterator[NewDocument]:
    """Yield tags: some with a code that may leave, some in the member's own words."""
    roll = dice(who, "tags", day)
    if roll.random() < 0.5:
        yield tag(who, day, roll.choice(HARMLESS), number=1)
    if roll.random() < 0.15:
        yield tag(who, day, "custom", number=2, custom_name="My own tag", comment=roll.choice(OWN_WORDS))
    if roll.random() < 0.1:
        yield tag(who, day, None, number=3, comment=roll.choice(OWN_WORDS))
    if who.cycle and cycle_day(who, day) == 1:
        yield tag(who, day, "tag_generic_period", number=4, last=day + timedelta(days=PERIOD_LENGTH - 1))
    if who.cycle and cycle_day(who, day) in {1, 2, 27}:
        yield tag(who, day, "tag_generic_cramps", number=5)


def tag(
    who: Person,
    day: date,
    code: str | None,
    *,
    number: int,
    last: date | None = None,
    comment: str | None = None,
    custom_name: str | None = None,
) -> NewDocument:
    """Return one tag as the API writes it; `last` is the last day of one that spans several."""
    start = local(who, day, dice(who, f"tag{number}", day).randint(9 * 60, 21 * 60))
    body = {
        "tag_type_code": code,
        "start_time": stamp(start),
        "end_time": stamp(after(start, (last - day).days * 86400)) if last else None,
        "start_day": day.isoformat(),
        "end_day": last.isoformat() if last else None,
        "comment": comment,
        "custom_name": custom_name,
    }
    return document("enhanced_tag", day, body, number=number)


def cycle(who: Person, day: date) -> Iterator[NewDocument]:
    """Yield what a member with a cycle has on a day: where they are in it, and the period while it lasts."""
    if not who.cycle:
        return
    of = cycle_day(who, day)
    insights = {
        "day": day.isoformat(),
        "phase": phase(of),
        "cycle_day": of,
        "cycle_length": CYCLE_LENGTH,
        "predicted": False,
        "note": None,
    }
    yield document("cycle_insights", day, insights)
    if of <= PERIOD_LENGTH:
        symptoms = ["cramps"] if of <= 2 else []
        bleeding = {"day": day.isoformat(), "flow": FLOW[of - 1], "symptoms": symptoms, "note": None}
        yield document("period", day, bleeding)
