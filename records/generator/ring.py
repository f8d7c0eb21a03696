"""The ring and who wears it: what is true of no day, its battery, and the time between heartbeats."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random

from records.admission import RING, NewDocument
from records.generator.chance import Person, dice, stamp, within
from records.generator.nights import night_of

BOUGHT = datetime(2024, 1, 8, 18, 30, tzinfo=UTC)
HOURS = 5 * 24  # from one charge to the next
CHARGING = 2  # hours of it
MEASURED = 90  # seconds of beats, an hour into the night


def personal_info(who: Person) -> NewDocument:
    """Return what the member said of themselves."""
    roll = Random(f"{who.seed}|personal_info")  # noqa: S311 (plausible, not secret)
    height = round(roll.gauss(1.71, 0.08), 2)
    body = {
        "id": f"personal_info-{who.seed}",
        "age": who.age,
        "weight": round(height**2 * roll.uniform(20.5, 26.5), 1),
        "height": height,
        "biological_sex": "female" if who.cycle else roll.choice(("female", "male")),
        "email": f"{who.seed}@members.example",
    }
    return NewDocument(kind="personal_info", body=body, origin=RING, external_id=str(body["id"]))


def ring_configuration(who: Person) -> NewDocument:
    """Return the ring they wear."""
    roll = Random(f"{who.seed}|ring")  # noqa: S311 (plausible, not secret)
    body = {
        "id": f"ring-of-{who.seed}",
        "color": roll.choice(("glossy_black", "silver", "titanium", "rose")),
        "design": roll.choice(("heritage", "horizon")),
        "firmware_version": "3.4.3",
        "hardware_type": roll.choice(("gen3", "gen4")),
        "set_up_at": stamp(BOUGHT + timedelta(days=roll.randrange(400))),
        "size": roll.randint(6, 12),
    }
    return NewDocument(kind="ring_configuration", body=body, origin=RING, external_id=str(body["id"]))


def series(who: Person, day: date) -> Iterator[NewDocument]:
    """Yield the ring's battery and a stretch of heartbeats of one UTC day."""
    yield _rows("ring_battery_level", day, _battery(who, day))
    yield _rows("interbeat_interval", day, _beats(who, day))


def _battery(who: Person, day: date) -> Iterator[dict[str, object]]:
    """Yield the level every hour: it falls for five days, and the last hours of the five are on the charger."""
    offset = Random(f"{who.seed}|battery").randrange(HOURS)  # noqa: S311 (plausible, not secret)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    for hour in range(24):
        worn = (day.toordinal() * 24 + hour + offset) % HOURS
        charging = worn >= HOURS - CHARGING
        level = 60 if worn == HOURS - 1 else 100 - round(worn * 0.75)
        yield {
            **_at(start + timedelta(hours=hour)),
            "level": level,
            "charging": charging,
            "in_charger": charging,
        }


def _beats(who: Person, day: date) -> Iterator[dict[str, object]]:
    """Yield the time between heartbeats for a while of the night that begins or goes on that UTC day."""
    roll = dice(who, "beats", day)
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    at = max(begin, night_of(who, day)[0].astimezone(UTC)) + timedelta(
        hours=1, milliseconds=roll.randrange(1000)
    )
    end = at + timedelta(seconds=MEASURED)
    while at < end:
        gap = within(roll.gauss(60000 / who.resting_pulse, who.variability / 2), 300, 2000)
        yield {**_at(at, exact=True), "ibi": gap, "validity": roll.choices((1, 3, 2), (94, 4, 2))[0]}
        at += timedelta(milliseconds=gap)


def _at(moment: datetime, *, exact: bool = False) -> dict[str, object]:
    written = moment.isoformat(timespec="milliseconds") if exact else stamp(moment)
    return {"timestamp": written, "timestamp_unix": round(moment.timestamp() * 1000)}


def _rows(kind: str, day: date, rows: Iterator[dict[str, object]]) -> NewDocument:
    return NewDocument(kind=kind, body={"rows": list(rows)}, origin=RING, external_id=day.isoformat())
