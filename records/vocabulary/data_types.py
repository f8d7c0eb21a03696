"""Every data type a member can decide on, with the words for it, its category and what it can reveal. Pure.

Labels and hints are the words of a member's page: school grade 6 or lower, one idea a sentence. Women's
health is in no flow of anyone, in either direction; it stands here because the member's own copy
contains it.
"""

from collections.abc import Mapping
from types import MappingProxyType

from records.vocabulary.shapes import Category, DataType, Sensitivity

A, H, S = Category.ACTIVITY, Category.HEART, Category.SLEEP
R, B, T = Category.READINESS_STRESS, Category.BODY, Category.TEMPERATURE
M, MIND, N = Category.METABOLIC, Category.MIND, Category.NOTES
SIG, D, ACC, WH = Category.SIGNALS, Category.DEVICE, Category.ACCOUNT, Category.WOMENS_HEALTH

_NEUTRAL: tuple[tuple[Category, str, str, str], ...] = (
    (A, "workout", "Workouts", "Kind, start, end, distance and calories. Your notes stay here."),
    (A, "workout_route", "Workout routes", "The path you took, as points on a map."),
    (A, "steps", "Steps", "How many steps you took."),
    (A, "distance", "Distance", "How far you moved in a day, and how far is left to your goal."),
    (A, "power", "Power", "How hard you pushed in a workout, in watts."),
    (A, "active_energy", "Active calories", "The calories you burn when you move."),
    (A, "resting_energy", "Resting calories", "The calories you burned at rest."),
    (A, "total_energy", "Total calories", "All the calories you burned."),
    (A, "activity_score", "Activity score", "One number a day, from 0 to 100."),
    (
        A,
        "activity_detail",
        "Activity detail",
        "Your day minute by minute: when you moved, sat and took the ring off.",
    ),
    (H, "heart_rate", "Heart rate", "Your beats per minute. At night it also hints at when you went to bed."),
    (H, "resting_heart_rate", "Resting heart rate", "Your lowest beats per minute each night."),
    (
        H,
        "heart_rate_variability",
        "Heart rate variability",
        "How much the time between your heartbeats changes.",
    ),
    (H, "interbeat_interval", "Time between heartbeats", "The time from each heartbeat to the next."),
    (H, "cardiovascular_age", "Heart age", "How old your heart and blood vessels seem, in years."),
    (H, "vo2_max", "Fitness level (VO2 max)", "How much air your body can use, as one number."),
    (S, "sleep", "Sleep", "When you went to bed and got up, and how you slept."),
    (S, "sleep_score", "Sleep score", "One number a day, from 0 to 100."),
    (S, "optimal_bedtime", "Best bedtime", "The time that suits you best for going to bed."),
    (S, "respiratory_rate", "Breathing rate", "How many breaths you take a minute at night."),
    (S, "spo2", "Blood oxygen", "How much oxygen is in your blood at night, in percent."),
    (
        S,
        "breathing_disturbance",
        "Breathing at night",
        "One number for how often your breathing changed at night.",
    ),
    (R, "readiness_score", "Readiness score", "One number a day, from 0 to 100."),
    (R, "daytime_stress", "Daytime stress", "How much stress and rest your body had in a day."),
    (R, "resilience", "Resilience", "How well you bounce back from stress, in five steps."),
    (B, "height", "Height", "How tall you are."),
    (B, "weight", "Weight", "How much you weigh."),
    (B, "date_of_birth", "Date of birth", "The day you were born."),
    (B, "age", "Age", "How old you are, in years."),
    (B, "sex", "Sex", "The sex on your profile."),
    (M, "glucose", "Glucose", "The sugar in your blood, through the day."),
    (M, "meal", "Meals", "When you ate, and what kind of meal it was."),
    (MIND, "mindful_minutes", "Mindful minutes", "When you took time to breathe or meditate."),
    (MIND, "session", "Sessions", "When you took a rest or sat still, and the mood you noted."),
    (D, "ring_configuration", "Ring details", "The size, color and version of your ring."),
    (D, "ring_battery", "Ring battery", "How full the battery of your ring is."),
    (ACC, "email", "Email address", "The email address you sign in with."),
)

_CYCLE_REVEALING: tuple[tuple[Category, str, str, str], ...] = (
    (R, "readiness_detail", "Readiness detail", "The parts that make up your readiness score."),
    (R, "rest_mode", "Rest mode", "The days you turned rest mode on."),
    (T, "temperature_trend", "Temperature trend", "How your skin warms and cools, night by night."),
    (N, "tag", "Tags", "Things you logged, like coffee or travel. Your own words stay here."),
)

_SIGNALS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("sticker", "Stickers", "A picture with your scores of the day.",
     ("sleep_score", "readiness_score", "activity_score")),
    ("bedtime_reminder", "Bedtime reminder", "A nudge when your best bedtime is near.", ("optimal_bedtime",)),
    ("activity_nudge", "Move reminder", "A nudge when you sat still for long.", ("activity_detail",)),
    ("wellness_briefing", "Morning briefing", "A short talk about your scores, oxygen and heart rate.",
     ("sleep_score", "readiness_score", "spo2", "heart_rate")),
    ("routine_trigger", "Routines", "A rule you made by voice, like a talk after a good night.", ()),
)  # fmt: skip

_WOMENS_HEALTH: tuple[tuple[str, str, str], ...] = (
    ("period", "Periods", "The days of your period and how heavy they were."),
    ("cycle_insights", "Cycle insights", "Where you are in your cycle."),
    ("fertile_window", "Fertile days", "The days you are most likely to get pregnant."),
    ("ovulation", "Ovulation", "The day an egg was likely set free."),
    ("pregnancy", "Pregnancy", "The weeks and dates you logged while pregnant."),
    ("menopause", "Menopause", "The stage of menopause you logged."),
    ("contraception", "Birth control", "The birth control you logged."),
    ("sexual_activity", "Sex life", "When you logged having sex."),
    ("lactation", "Breastfeeding", "When and how long you breastfed."),
    ("cervical_mucus", "Cervical mucus", "What the mucus you saw was like that day."),
    ("basal_body_temperature", "Basal temperature", "Your temperature when you woke up."),
)


def _types() -> tuple[DataType, ...]:
    def of(rows: tuple[tuple[Category, str, str, str], ...], sensitivity: Sensitivity) -> list[DataType]:
        return [
            DataType(key=key, label=label, hint=hint, category=category, sensitivity=sensitivity)
            for category, key, label, hint in rows
        ]

    signals = [
        DataType(key=key, label=label, hint=hint, category=SIG, made_of=made_of)
        for key, label, hint, made_of in _SIGNALS
    ]
    womens_health = tuple((WH, key, label, hint) for key, label, hint in _WOMENS_HEALTH)
    listed = [
        *of(_NEUTRAL, Sensitivity.NEUTRAL),
        *of(_CYCLE_REVEALING, Sensitivity.CYCLE),
        *signals,
        *of(womens_health, Sensitivity.WOMENS_HEALTH),
    ]
    order = list(Category)
    return tuple(sorted(listed, key=lambda kind: order.index(kind.category)))


LISTED: tuple[DataType, ...] = _types()
DATA_TYPES: Mapping[str, DataType] = MappingProxyType({each.key: each for each in LISTED})

WOMENS_HEALTH: frozenset[str] = frozenset(each.key for each in LISTED if each.category is WH)

# What a sensitive type can reveal. These stand in a group of their own on a consent screen, and no "All"
# covers them.
REVEALS: Mapping[str, str] = MappingProxyType(
    {
        "temperature_trend": "Your temperature can show where you are in your cycle.",
        "readiness_detail": "These parts can show where you are in your cycle.",
        "rest_mode": "A long rest can show that you are sick or pregnant.",
        "tag": "Tags can show your habits and your health. Tags about your cycle never leave.",
        "glucose": "Glucose can show what you eat and if you have diabetes.",
        "sex": "Your sex lets others guess more from your other numbers.",
        "date_of_birth": "Your date of birth can show who you are.",
        "workout_route": "A route can show where you live.",
    }
)
SENSITIVE: frozenset[str] = frozenset(REVEALS)
