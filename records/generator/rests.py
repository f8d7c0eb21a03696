"""When a member sat still: sessions of breathing and rest, and the days that rest mode was on."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from records.admission import NewDocument
from records.generator.chance import Person, after, dice, document, local, sample, stamp, within

TYPES = ("breathing", "meditation", "relaxation", "rest", "nap", "body_status")
MOODS = ("bad", "worse", "same", "good", "great", None)
EVERY = 5  # seconds between two heart rates of a session
BETWEEN = 45  # days between two rest mode periods
REASONS = ("tag_generic_sick", "tag_generic_travel", "tag_generic_fever")


def sessions(who: Person, day: date) -> Iterator[NewDocument]:
    """Yield the day's session, on two days of five."""
    roll = dice(who, "sessions", day)
    if roll.random() < 0.4:
        yield session(who, day, roll)


def session(who: Person, day: date, roll: Random) -> NewDocument:
    """Return a session in which the heart calms down."""
    start = local(who, day, roll.randint(12 * 60, 20 * 60))
    minutes = roll.randint(5, 20)
    moments = range(0, minutes * 60, EVERY)
    pulse = [
        within(roll.gauss(who.resting_pulse + 12 - 8 * at / (minutes * 60), 1.5), 35, 180) for at in moments
    ]
    variability = [within(roll.gauss(who.variability + 6, 8), 8, 200) for _ in moments]
    body = {
        "day": day.isoformat(),
        "type": roll.choice(TYPES),
        "start_datetime": stamp(start),
        "end_datetime": stamp(after(start, minutes * 60)),
        "mood": roll.choice(MOODS),
        "motion_count": sample(start, 60, [roll.randint(0, 3) for _ in range(minutes)]),
        "heart_rate": sample(start, EVERY, pulse),
        "heart_rate_variability": sample(start, EVERY, variability),
    }
    return document("session", day, body)


def rest_mode(who: Person, day: date) -> Iterator[NewDocument]:
    """Yield a rest mode period on the day that it begins: every forty-five days, for two to four."""
    if (day.toordinal() + Random(f"{who.seed}|rest").randrange(BETWEEN)) % BETWEEN:  # noqa: S311 (plausible)
        return
    roll = dice(who, "rest", day)
    start = local(who, day, roll.randint(8 * 60, 20 * 60))
    last = day + timedelta(days=roll.randint(1, 3))
    episodes = [
        {"timestamp": stamp(after(start, 86400 * number)), "tags": [roll.choice(REASONS)]}
        for number in range((last - day).days)
    ]
    body = {
        "start_day": day.isoformat(),
        "start_time": stamp(start),
        "end_day": last.isoformat(),
        "end_time": stamp(local(who, last, 21 * 60)),
        "episodes": episodes,
    }
    yield document("rest_mode_period", day, body)
