"""A day's activity, a workout and a session, field by field (our own fields marked `own`)."""

from records.vocabulary.documents.leaves import DIGITS, NULLABLE, OPTIONAL, REQUIRED, envelope, leaf, leaves
from records.vocabulary.shapes import DocumentKind, Sensitivity, Value

DAILY_ACTIVITY = DocumentKind(
    name="daily_activity",
    containers=frozenset({"contributors"}),
    fields=(
        *envelope(timestamp=True),
        leaf("score", "activity_score", Value.INTEGER, NULLABLE, "1-100"),
        leaf("steps", "steps", Value.INTEGER, REQUIRED, "count"),
        leaf("equivalent_walking_distance", "distance", Value.INTEGER, REQUIRED, "m"),
        leaf("meters_to_target", "distance", Value.INTEGER, REQUIRED, "m"),
        leaf("active_calories", "active_energy", Value.INTEGER, REQUIRED, "kcal"),
        leaf("total_calories", "total_energy", Value.INTEGER, REQUIRED, "kcal"),
        leaf("target_calories", "activity_detail", Value.INTEGER, REQUIRED, "kcal"),
        leaf("target_meters", "activity_detail", Value.INTEGER, REQUIRED, "m"),
        leaf("average_met_minutes", "activity_detail", Value.NUMBER, REQUIRED, "MET"),
        leaf("class_5_min", "activity_detail", Value.STRING, NULLABLE, "digit per 5 min", only=DIGITS),
        leaf("met", "activity_detail", Value.SAMPLE, REQUIRED, "MET"),
        *leaves(
            "high_activity_met_minutes medium_activity_met_minutes low_activity_met_minutes"
            " sedentary_met_minutes",
            "activity_detail", Value.INTEGER, REQUIRED, "MET-min",
        ),
        *leaves(
            "high_activity_time medium_activity_time low_activity_time sedentary_time resting_time"
            " non_wear_time",
            "activity_detail", Value.INTEGER, REQUIRED, "s",
        ),
        leaf("inactivity_alerts", "activity_detail", Value.INTEGER, REQUIRED, "count"),
        *leaves(
            "meet_daily_targets move_every_hour recovery_time stay_active training_frequency training_volume",
            "activity_detail", Value.INTEGER, NULLABLE, "1-100", under="contributors.",
        ),
        # Total minus active; what the phones know as resting energy.
        leaf("resting_calories", "resting_energy", Value.INTEGER, NULLABLE, "kcal", own=True),
    ),
)  # fmt: skip

WORKOUT = DocumentKind(
    name="workout",
    fields=(
        *envelope(),
        # Closed vocabulary: a word off it is `other` to everyone but the member (activities.py).
        leaf("activity", "workout", Value.STRING, REQUIRED),
        leaf("start_datetime", "workout", Value.DATETIME, REQUIRED),
        leaf("end_datetime", "workout", Value.DATETIME, REQUIRED),
        leaf("intensity", "workout", Value.STRING, REQUIRED, one_of=("easy", "moderate", "hard")),
        leaf("source", "workout", Value.STRING, REQUIRED,
             one_of=("manual", "autodetected", "confirmed", "workout_heart_rate")),
        leaf("calories", "workout", Value.NUMBER, NULLABLE, "kcal"),
        leaf("distance", "workout", Value.NUMBER, NULLABLE, "m"),
        leaf("label", "workout", Value.STRING, NULLABLE, sensitivity=Sensitivity.TEXT),
        # Present when recorded with activity heart rate; the rows of `heartrate` stay `heart_rate`.
        leaf("heart_rate", "workout", Value.SAMPLE, OPTIONAL, "bpm", own=True),
    ),
)  # fmt: skip

SESSION = DocumentKind(
    name="session",
    fields=(
        *envelope(),
        leaf("type", "session", Value.STRING, REQUIRED,
             one_of=("breathing", "meditation", "nap", "relaxation", "rest", "body_status")),
        *leaves("start_datetime end_datetime", "session", Value.DATETIME, REQUIRED),
        leaf("mood", "session", Value.STRING, NULLABLE, one_of=("bad", "worse", "same", "good", "great")),
        leaf("motion_count", "session", Value.SAMPLE, NULLABLE, "count"),
        leaf("heart_rate", "heart_rate", Value.SAMPLE, NULLABLE, "bpm"),
        leaf("heart_rate_variability", "heart_rate_variability", Value.SAMPLE, NULLABLE, "ms"),
    ),
)  # fmt: skip

KINDS = (DAILY_ACTIVITY, WORKOUT, SESSION)
