"""A day's readiness: the score, what it is made of, and the skin temperature with its two humps a month."""

from datetime import date, timedelta

from records.admission import NewDocument
from records.generator.chance import Person, cycle_day, dice, document, midnight, within

LUTEAL_RISE = 0.35  # °C, skin, against the follicular phase


def temperature(who: Person, day: date) -> float:
    """Return the deviation from the member's own baseline, °C; biphasic when they have a cycle."""
    noise = dice(who, "temperature", day).gauss(0, 0.07)
    if not who.cycle:
        return round(noise, 2)
    warm = cycle_day(who, day) > 15
    return round(noise + (LUTEAL_RISE / 2 if warm else -LUTEAL_RISE / 2), 2)


def trend(who: Person, day: date) -> float:
    """Return the same over three days, the last weighing most."""
    weights = ((0, 0.5), (1, 0.3), (2, 0.2))
    return round(sum(weight * temperature(who, day - timedelta(days=back)) for back, weight in weights), 2)


def readiness(who: Person, day: date) -> dict[str, object]:
    """Return the readiness object that a night and a day share. The score knows nothing of the cycle's phase."""
    roll = dice(who, "readiness", day)
    parts = {
        name: within(roll.gauss(80, 10), 1, 100)
        for name in (
            "activity_balance",
            "hrv_balance",
            "previous_day_activity",
            "previous_night",
            "recovery_index",
            "resting_heart_rate",
            "sleep_balance",
            "sleep_regularity",
        )
    }
    contributors = {**parts, "body_temperature": within(95 - abs(temperature(who, day)) * 60, 1, 100)}
    return {
        "score": within(sum(contributors.values()) / len(contributors), 0, 100),
        "contributors": contributors,
        "temperature_deviation": temperature(who, day),
        "temperature_trend_deviation": trend(who, day),
    }


def daily_readiness(who: Person, day: date) -> NewDocument:
    """Return the day's readiness; with a cycle also the score that takes its phase into account (the member's own)."""
    body = {"day": day.isoformat(), "timestamp": midnight(day), **readiness(who, day)}
    if who.cycle:
        phase_worth = 4 if cycle_day(who, day) > 15 else -1
        body["score_with_cycle"] = within(int(str(body["score"])) + phase_worth, 0, 100)
    return document("daily_readiness", day, body)
