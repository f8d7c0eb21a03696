"""A day awake: activity minute by minute, workouts of every source, and heart rate every five minutes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random

from records.admission import RING, NewDocument
from records.generator.chance import Person, after, dice, document, local, sample, stamp, within
from records.generator.nights import night_of

DAY_BEGINS = 4 * 60  # a day of activity runs from 04:00 to 04:00
MET = {"1": 0.9, "2": 1.3, "3": 2.1, "4": 4.0, "5": 7.5}
KINDS = ("running", "cycling", "walking", "yoga", "strength_training", "swimming", "hiking")
SPEED = {"running": 165.0, "cycling": 370.0, "walking": 85.0, "swimming": 35.0, "hiking": 70.0}  # m/min
LABELS = ("Lunch run", "Felt good today", "With the club", "Easy one, knee again")
EVERY = 5  # seconds between two heart rates of a workout


def workout(
    *,
    start: datetime,
    minutes: int,
    activity: str = "running",
    with_heart_rate: bool = True,
    seed: str = "ring",
    source: str | None = None,
    label: str | None = None,
) -> NewDocument:
    """Return a workout of the ring; recorded with activity heart rate it has the series, otherwise not.

    `start` has a time zone; its calendar day is the workout's. The same start and seed are the same workout.
    """
    roll = Random(f"{seed}|workout|{stamp(start)}")  # noqa: S311 (plausible, not secret)
    moments = range(0, minutes * 60, EVERY)
    pulse = [within(roll.gauss(100 + min(45, second / 20), 4), 60, 195) for second in moments]
    body: dict[str, object] = {
        "id": f"workout-{seed}-{stamp(start)}",
        "day": start.date().isoformat(),
        "activity": activity,
        "start_datetime": stamp(start),
        "end_datetime": stamp(after(start, minutes * 60)),
        "intensity": roll.choice(("easy", "moderate", "hard")),
        "source": source or ("workout_heart_rate" if with_heart_rate else "manual"),
        "calories": round(minutes * roll.uniform(6, 11), 1),
        "distance": round(minutes * SPEED[activity], 1) if activity in SPEED else None,
        "label": label,
    }
    if with_heart_rate:
        body["heart_rate"] = sample(start, EVERY, pulse)
    return NewDocument(kind="workout", body=body, origin=RING, external_id=str(body["id"]))


def workouts(who: Person, day: date) -> Iterator[NewDocument]:
    """Yield the day's workouts: none on some days; with activity heart rate, by hand, or found by the ring."""
    roll = dice(who, "workouts", day)
    source = roll.choice((None, None, "workout_heart_rate", "workout_heart_rate", "manual", "autodetected"))
    if source is None:
        return
    yield workout(
        start=local(who, day, roll.randint(16 * 60, 19 * 60)),
        minutes=roll.randint(20, 70),
        activity=roll.choice(KINDS),
        with_heart_rate=source == "workout_heart_rate",
        seed=who.seed,
        source=source,
        label=roll.choice(LABELS) if roll.random() < 0.3 else None,
    )


def daily_activity(who: Person, day: date) -> NewDocument:
    """Return the day's activity; times and MET minutes agree with the series."""
    classes = _classes(who, day)
    roll = dice(who, "activity", day)
    met = [round(MET[each] + roll.uniform(-0.1, 0.3), 1) for each in classes for _ in range(5)]
    seconds = {each: classes.count(each) * 300 for each in "12345"}
    met_minutes = {each: round(seconds[each] / 60 * MET[each]) for each in "2345"}
    steps = within(roll.gauss(who.steps, 2200), 900, 30000)
    active = round(sum(met_minutes[each] for each in "345") * 0.55)
    names = "meet_daily_targets move_every_hour recovery_time stay_active training_frequency training_volume"
    start = local(who, day, DAY_BEGINS)
    body = {
        "day": day.isoformat(),
        "timestamp": stamp(start),
        "score": within(60 + steps / 400, 1, 100),
        "steps": steps,
        "equivalent_walking_distance": round(steps * 0.78),
        "meters_to_target": 9000 - round(steps * 0.78),
        "active_calories": active,
        "total_calories": active + 1450,
        "resting_calories": 1450,
        "target_calories": 450,
        "target_meters": 9000,
        "average_met_minutes": round(sum(met) / len(met), 2),
        "class_5_min": classes,
        "met": sample(start, 60, met),
        "high_activity_met_minutes": met_minutes["5"],
        "medium_activity_met_minutes": met_minutes["4"],
        "low_activity_met_minutes": met_minutes["3"],
        "sedentary_met_minutes": met_minutes["2"],
        "high_activity_time": seconds["5"],
        "medium_activity_time": seconds["4"],
        "low_activity_time": seconds["3"],
        "sedentary_time": seconds["2"],
        "resting_time": seconds["1"],
        "non_wear_time": 0,
        "inactivity_alerts": roll.randint(0, 4),
        "contributors": {name: within(roll.gauss(78, 14), 1, 100) for name in names.split()},
    }
    return document("daily_activity", day, body)


def heartrate(who: Person, day: date) -> NewDocument:
    """Return the heart rates of one UTC day, one about every five minutes."""
    roll = dice(who, "heartrate", day)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    nights = [night_of(who, day + timedelta(days=offset)) for offset in (0, 1)]
    trained = [
        (
            datetime.fromisoformat(each.body["start_datetime"]),
            datetime.fromisoformat(each.body["end_datetime"]),
        )
        for offset in (-1, 0, 1)
        for each in workouts(who, day + timedelta(days=offset))
    ]
    rows = []
    for five in range(288):
        at = start + timedelta(minutes=5 * five, seconds=roll.randint(0, 59))
        source, lift = "awake", 18
        if any(begin <= at < end for begin, end in nights):
            source, lift = "sleep", 3
        elif any(begin <= at < end for begin, end in trained):
            source, lift = "workout", 75
        bpm = round(who.resting_pulse + lift + roll.gauss(0, 4))
        rows.append(
            {
                "timestamp": stamp(at),
                "timestamp_unix": int(at.timestamp() * 1000),
                "bpm": bpm,
                "source": source,
            }
        )
    return NewDocument(kind="heartrate", body={"rows": rows}, origin=RING, external_id=day.isoformat())


def _classes(who: Person, day: date) -> str:
    """Return one digit per five minutes from 04:00: resting at night, mostly sitting, some of it moving."""
    roll = dice(who, "classes", day)
    start = local(who, day, DAY_BEGINS)
    nights = [night_of(who, day + timedelta(days=offset)) for offset in (0, 1)]
    digits = ""
    for five in range(288):
        at = after(start, five * 300)
        asleep = any(begin <= at < end for begin, end in nights)
        digits += "1" if asleep else roll.choices("2345", (58, 30, 10, 2))[0]
    return digits
