"""What the ring says of a day as a whole: stress, resilience, blood oxygen, the heart's age, the time for bed."""

from collections.abc import Iterator
from datetime import date

from records.admission import NewDocument
from records.generator.chance import Person, dice, document, local, stamp, within

LEVELS = ("limited", "adequate", "solid", "strong", "exceptional")
EVERY_FIFTH, ONCE_A_WEEK = 5, 7


def measures(who: Person, day: date) -> Iterator[NewDocument]:
    """Yield the day's measures; the fitness level comes once a week."""
    yield daily_stress(who, day)
    yield daily_resilience(who, day)
    yield daily_spo2(who, day)
    yield daily_cardiovascular_age(who, day)
    yield sleep_time(who, day)
    if day.toordinal() % ONCE_A_WEEK == 0:
        yield fitness(who, day)


def daily_stress(who: Person, day: date) -> NewDocument:
    """Return how long the day was stressful and restoring; the summary follows from the two."""
    roll = dice(who, "stress", day)
    stress, recovery = (within(roll.gauss(mean, 2400), 0, 28800) // 900 * 900 for mean in (5400, 6300))
    summary = (
        "stressful" if stress > recovery + 3600 else "restored" if recovery > stress + 3600 else "normal"
    )
    body = {"day": day.isoformat(), "day_summary": summary, "stress_high": stress, "recovery_high": recovery}
    return document("daily_stress", day, body)


def daily_resilience(who: Person, day: date) -> NewDocument:
    """Return the level of resilience and the three marks behind it."""
    roll = dice(who, "resilience", day)
    names = ("sleep_recovery", "daytime_recovery", "stress")
    marks = {name: round(min(100.0, max(0.0, roll.gauss(62, 12))), 1) for name in names}
    level = LEVELS[within(sum(marks.values()) / 60 - 0.5, 0, 4)]
    return document("daily_resilience", day, {"day": day.isoformat(), "contributors": marks, "level": level})


def daily_spo2(who: Person, day: date) -> NewDocument:
    """Return the night's blood oxygen; now and then a night has no reading."""
    roll = dice(who, "spo2", day)
    measured = roll.random() > 0.05
    body = {
        "day": day.isoformat(),
        "spo2_percentage": {"average": round(min(100.0, roll.gauss(97.2, 0.6)), 3)} if measured else None,
        "breathing_disturbance_index": within(roll.gauss(6, 3), 0, 100) if measured else None,
    }
    return document("daily_spo2", day, body)


def daily_cardiovascular_age(who: Person, day: date) -> NewDocument:
    """Return the age of heart and vessels; it moves slowly, about the member's own."""
    lately = date.fromordinal(day.toordinal() // 14 * 14)
    roll = dice(who, "vessels", lately)
    body = {
        "day": day.isoformat(),
        "vascular_age": within(who.age + roll.gauss(-1, 2), 18, 100),
        "pulse_wave_velocity": round(5.2 + who.age * 0.045 + roll.gauss(0, 0.1), 2),
    }
    return document("daily_cardiovascular_age", day, body)


def fitness(who: Person, day: date) -> NewDocument:
    """Return the fitness level of the week."""
    level = within(52 - who.age * 0.25 + dice(who, "fitness", day).gauss(0, 1), 20, 70)
    body = {"day": day.isoformat(), "timestamp": stamp(local(who, day, 0)), "vo2_max": level}
    return document("vO2_max", day, body)


def sleep_time(who: Person, day: date) -> NewDocument:
    """Return the best time for bed: an hour and a half about the usual bedtime; some days there is none yet."""
    roll = dice(who, "sleep_time", day)
    usual = (20 * 60 + who.bedtime - 24 * 60) * 60  # seconds from midnight; before it is negative
    start = usual - 2700 + 900 * roll.randint(-1, 1)
    offset = local(who, day, 12 * 60).utcoffset()
    found = roll.random() > 1 / EVERY_FIFTH
    window = {
        "day_tz": int(offset.total_seconds()) if offset else 0,
        "start_offset": start,
        "end_offset": start + 5400,
    }
    body = {
        "day": day.isoformat(),
        "optimal_bedtime": window if found else None,
        "recommendation": "follow_optimal_bedtime" if found else "improve_efficiency",
        "status": "optimal_found" if found else "bad_sleep_quality",
    }
    return document("sleep_time", day, body)
