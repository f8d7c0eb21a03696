"""A night: when, its phases, heart rate and variability, and the day's sleep score."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random

from records.admission import NewDocument
from records.generator.chance import (
    Person,
    after,
    cycle_day,
    dice,
    document,
    local,
    midnight,
    sample,
    stamp,
    within,
)
from records.generator.readiness import daily_readiness, readiness

FIVE_MINUTES = 300
DEEP, LIGHT, REM, AWAKE = "1234"


def night_of(who: Person, day: date) -> tuple[datetime, datetime]:
    """Return bedtime and rising of the night that ends on `day`."""
    roll = dice(who, "night", day)
    evening = 20 * 60 + who.bedtime + roll.gauss(0, 25)
    start = local(who, day - timedelta(days=1), evening)
    fives = within(roll.gauss(94, 8), 66, 118)
    return start, after(start, fives * FIVE_MINUTES)


def documents_of_night(who: Person, day: date) -> Iterator[NewDocument]:
    """Yield the night that ends on `day`, its sleep score and the readiness after it."""
    yield sleep(who, day)
    yield daily_sleep(who, day)
    yield daily_readiness(who, day)


def sleep(who: Person, day: date) -> NewDocument:
    """Return the night as the API writes it; durations agree with the phases."""
    start, end = night_of(who, day)
    roll = dice(who, "sleep", day)
    asleep_for = end.astimezone(UTC) - start.astimezone(UTC)  # a night may hold a change of the clock
    phases = _phases(roll, round(asleep_for.total_seconds() / FIVE_MINUTES))
    spent = {phase: phases.count(phase) * FIVE_MINUTES for phase in (DEEP, LIGHT, REM, AWAKE)}
    asleep = spent[DEEP] + spent[LIGHT] + spent[REM]
    pulse, variability = _pulse(who, roll, day, phases), _variability(who, roll, day, phases)
    body = {
        "day": day.isoformat(),
        "bedtime_start": stamp(start),
        "bedtime_end": stamp(end),
        "time_in_bed": len(phases) * FIVE_MINUTES,
        "total_sleep_duration": asleep,
        "awake_time": spent[AWAKE],
        "deep_sleep_duration": spent[DEEP],
        "light_sleep_duration": spent[LIGHT],
        "rem_sleep_duration": spent[REM],
        "latency": (len(phases) - len(phases.lstrip(AWAKE))) * FIVE_MINUTES,
        "efficiency": within(100 * asleep / (len(phases) * FIVE_MINUTES), 1, 100),
        "sleep_phase_5_min": phases,
        "sleep_phase_30_sec": "".join(phase * 10 for phase in phases),
        "app_sleep_phase_5_min": phases,
        "movement_30_sec": "".join(roll.choices("1234", (88, 8, 3, 1), k=len(phases) * 10)),
        "restless_periods": roll.randint(90, 260),
        "type": "long_sleep",
        "period": 0,
        "sleep_algorithm_version": "v2",
        "sleep_analysis_reason": "foreground_sleep_analysis",
        "low_battery_alert": False,
        "sleep_score_delta": roll.randint(-3, 3),
        "readiness_score_delta": roll.randint(-2, 2),
        "readiness": readiness(who, day),
        "average_breath": round(roll.gauss(14.5, 0.5), 2),
        "lowest_heart_rate": min(pulse),
        "average_heart_rate": round(sum(pulse) / len(pulse), 2),
        "heart_rate": sample(start, FIVE_MINUTES, pulse),
        "average_hrv": round(sum(variability) / len(variability)),
        "hrv": sample(start, FIVE_MINUTES, variability),
        "ring_id": re.sub(r"[^0-9A-Za-z._-]", "-", f"ring-of-{who.seed}"),
    }
    return document("sleep", day, body)


def daily_sleep(who: Person, day: date) -> NewDocument:
    """Return the day's sleep score and its contributors."""
    roll = dice(who, "daily_sleep", day)
    names = ("deep_sleep", "efficiency", "latency", "rem_sleep", "restfulness", "timing", "total_sleep")
    contributors = {name: within(roll.gauss(79, 11), 1, 100) for name in names}
    body = {
        "day": day.isoformat(),
        "timestamp": midnight(day),
        "score": within(sum(contributors.values()) / len(contributors), 0, 100),
        "contributors": contributors,
    }
    return document("daily_sleep", day, body)


def _phases(roll: Random, length: int) -> str:
    """Return one digit per five minutes: falling asleep, then rounds of about 90 minutes with ever more REM."""
    phases = AWAKE * roll.randint(1, 4)
    turn = 0
    while len(phases) < length:
        deep, dream = max(0, roll.randint(5, 8) - 2 * turn), min(8, roll.randint(1, 3) + turn)
        phases += LIGHT * roll.randint(4, 7) + DEEP * deep + LIGHT * roll.randint(2, 4) + REM * dream
        phases += AWAKE * roll.choice((0, 0, 1))
        turn += 1
    return phases[: length - 1] + AWAKE


def _pulse(who: Person, roll: Random, day: date, phases: str) -> list[int]:
    """Return beats per minute, sinking through the night; a little higher in the luteal phase."""
    luteal = 2 if who.cycle and cycle_day(who, day) > 15 else 0
    lift = {DEEP: 1, LIGHT: 3, REM: 6, AWAKE: 10}
    sinking = ((len(phases) - index) * 6 / len(phases) for index in range(len(phases)))
    return [
        round(who.resting_pulse + luteal + lift[phase] + sunk + roll.gauss(0, 1.2))
        for phase, sunk in zip(phases, sinking, strict=True)
    ]


def _variability(who: Person, roll: Random, day: date, phases: str) -> list[int]:
    luteal = 5 if who.cycle and cycle_day(who, day) > 15 else 0
    return [within(roll.gauss(who.variability - luteal, 9), 8, 200) for _ in phases]
