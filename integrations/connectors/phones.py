"""What a phone's store of health records may carry, in the words both phones share. Pure.

Which of these a phone has is in its own manifest; the operating system keeps switches of its own beside the member's.
`{phone}` is the store's name. A score, blood oxygen, temperature or a cycle is in no line here, in either direction.
"""

from collections.abc import Mapping

from consent.manifests.shapes import Channel, Direction, Flow, Granularity, Purpose

Words = tuple[Mapping[str, tuple[str, ...]], str, str, str]
STAGES = ("deep_sleep_duration", "light_sleep_duration", "rem_sleep_duration", "sleep_phase_5_min")
SPAN = ("start", "end", "value")
WORKOUT = ("activity", "start_datetime", "end_datetime", "calories", "distance")

# data type: fields, name, hint, why
OUT: Mapping[str, Words] = {
    "sleep": (
        {"sleep": ("bedtime_start", "bedtime_end", "total_sleep_duration", "awake_time", *STAGES, "type")},
        "Sleep",
        "When you went to bed and got up, how long you slept, and your sleep stages.",
        "shown with your nights in {phone}.",
    ),
    "respiratory_rate": (
        {"sleep": ("average_breath",)},
        "Breathing rate",
        "Your breaths a minute at night. One number a night.",
        "shown with your nights in {phone}.",
    ),
    "heart_rate": (
        {"heartrate": ("bpm",)},
        "Heart rate",
        "Your beats a minute, once each minute. At night it also hints at when you went to bed.",
        "shown in your heart chart in {phone}.",
    ),
    "resting_heart_rate": (
        {"sleep": ("lowest_heart_rate",)},
        "Resting heart rate at night",
        "Your lowest beats a minute. One number a night.",
        "shown in your heart chart in {phone}.",
    ),
    "heart_rate_variability": (
        {"sleep": ("average_hrv",)},
        "Heart rate variability",
        "How much the time between your heartbeats changes. One number a night.",
        "shown in your heart chart in {phone}.",
    ),
    "steps": (
        {"daily_activity": ("steps",)},
        "Steps",
        "How many steps you took. One number a day.",
        "adds the steps your ring saw to {phone}.",
    ),
    "distance": (
        {"daily_activity": ("equivalent_walking_distance",)},
        "Distance",
        "How far you moved. One number a day.",
        "adds the way your ring saw to {phone}.",
    ),
    "active_energy": (
        {"daily_activity": ("active_calories",)},
        "Active calories",
        "The calories you burned as you moved. One number a day.",
        "adds to what you burned in {phone}.",
    ),
    "resting_energy": (
        {"daily_activity": ("resting_calories",)},
        "Resting calories",
        "The calories you burned at rest. One number a day.",
        "adds to what you burned in {phone}.",
    ),
    "total_energy": (
        {"daily_activity": ("total_calories",)},
        "Total calories",
        "All the calories you burned. One number a day.",
        "adds to what you burned in {phone}.",
    ),
    "workout": (
        {"workout": (*WORKOUT, "source")},
        "Workouts",
        "The kind, start, end, distance and calories of each workout, and how it was logged.",
        "shown with your workouts in {phone}.",
    ),
    "height": (
        {"personal_info": ("height",)},
        "Height",
        "How tall you are.",
        "keeps your height in {phone} up to date.",
    ),
    "weight": (
        {"personal_info": ("weight",)},
        "Weight",
        "How much you weigh.",
        "keeps your weight in {phone} up to date.",
    ),
    "mindful_minutes": (
        {"mindful_minutes": ("start", "end")},
        "Mindful minutes",
        "When you took time to breathe, rest or meditate.",
        "shown with your mindful minutes in {phone}.",
    ),
}

IN: Mapping[str, Words] = {
    "workout": (
        {"workout": WORKOUT},
        "Workouts",
        "The kind, start, end, distance and calories of workouts in {phone}.",
        "counts toward your Activity goal and score.",
    ),
    "workout_route": (
        {"workout_route": ("workout", "points[].time", "points[].lat", "points[].lon")},
        "Workout routes",
        "The path you took, as points on a map. It can show where you live.",
        "draws the map of your workout here.",
    ),
    "heart_rate": (
        {"heartrate": ("bpm", "source")},
        "Heart rate",
        "Your beats a minute that are in {phone}.",
        "fills in the times when your ring was off.",
    ),
    "heart_rate_variability": (
        {"heart_rate_variability_sample": ("time", "value")},
        "Heart rate variability",
        "How much the time between your heartbeats changes, as {phone} has it.",
        "fills in the times when your ring was off.",
    ),
    "steps": (
        {"steps_sample": SPAN},
        "Steps",
        "How many steps you took, as {phone} has it.",
        "counts the steps you took with your ring off.",
    ),
    "distance": (
        {"distance_sample": SPAN},
        "Distance",
        "How far you moved, as {phone} has it.",
        "counts the way you went with your ring off.",
    ),
    "active_energy": (
        {"active_energy_sample": SPAN},
        "Active calories",
        "The calories you burned as you moved, as {phone} has it.",
        "counts what you burned with your ring off.",
    ),
    "total_energy": (
        {"total_energy_sample": SPAN},
        "Total calories",
        "All the calories you burned, as {phone} has it.",
        "counts what you burned with your ring off.",
    ),
    "power": (
        {"power_sample": ("start", "end", "samples")},
        "Power",
        "How hard you pushed in a workout, in watts.",
        "shows how hard your workout was.",
    ),
    "date_of_birth": (
        {"profile": ("date_of_birth",)},
        "Date of birth",
        "The day you were born.",
        "sets your age, so that your scores fit you.",
    ),
    "height": (
        {"profile": ("height",)},
        "Height",
        "How tall you are.",
        "helps us count how far you go.",
    ),
    "weight": ({"profile": ("weight",)}, "Weight", "How much you weigh.", "helps us count your calories."),
    "sex": ({"profile": ("sex",)}, "Sex", "The sex on your profile.", "helps us count your calories."),
}


def exports(*data_types: str, phone: str) -> tuple[Flow, ...]:
    """Return the flows out to a phone's store. Heart rate goes at one sample a minute; workouts of every source go."""
    return tuple(_flow(Direction.EXPORT, key, OUT[key], phone, Purpose.HEALTH_RECORD) for key in data_types)


def imports(*data_types: str, phone: str) -> tuple[Flow, ...]:
    """Return the flows in from a phone's store."""
    return tuple(
        _flow(Direction.IMPORT, key, IN[key], phone, Purpose.ACTIVITY_TRACKING) for key in data_types
    )


def _flow(direction: Direction, key: str, words: Words, phone: str, purpose: Purpose) -> Flow:
    fields, name, hint, why = words
    minutely = direction is Direction.EXPORT and "heartrate" in fields
    return Flow(
        direction=direction,
        data_type=key,
        channel=Channel.DEVICE,
        fields=fields,
        name=name,
        hint=hint.format(phone=phone),
        why=why.format(phone=phone),
        purpose=purpose,
        granularity=Granularity.ONE_A_MINUTE if minutely else Granularity.AS_RECORDED,
    )
