"""A night (or nap) of sleep, a day's sleep score and the best time for bed, field by field."""

from records.vocabulary.documents.leaves import CODE, DIGITS, NULLABLE, REQUIRED, envelope, leaf, leaves
from records.vocabulary.documents.readiness import readiness
from records.vocabulary.shapes import DocumentKind, Value

DAILY_SLEEP = DocumentKind(
    name="daily_sleep",
    containers=frozenset({"contributors"}),
    fields=(
        *envelope(timestamp=True),
        leaf("score", "sleep_score", Value.INTEGER, NULLABLE, "0-100"),
        *leaves(
            "deep_sleep efficiency latency rem_sleep restfulness timing total_sleep",
            "sleep", Value.INTEGER, NULLABLE, "1-100", under="contributors.",
        ),
    ),
)  # fmt: skip

REASONS = (
    "foreground_sleep_analysis", "bedtime_edit", "background_sleep_analysis",
    "background_created_foreground_updated",
)  # fmt: skip

SLEEP = DocumentKind(
    name="sleep",
    containers=frozenset({"readiness.contributors"}),
    fields=(
        *envelope(),
        *leaves("bedtime_start bedtime_end", "sleep", Value.DATETIME, REQUIRED),
        leaf("time_in_bed", "sleep", Value.INTEGER, REQUIRED, "s"),
        *leaves(
            "total_sleep_duration awake_time latency deep_sleep_duration light_sleep_duration"
            " rem_sleep_duration",
            "sleep", Value.INTEGER, NULLABLE, "s",
        ),
        leaf("efficiency", "sleep", Value.INTEGER, NULLABLE, "percent"),
        leaf("sleep_phase_5_min", "sleep", Value.STRING, NULLABLE, "digit per 5 min", only=DIGITS),
        leaf("sleep_phase_30_sec", "sleep", Value.STRING, NULLABLE, "digit per 30 s", only=DIGITS),
        leaf("app_sleep_phase_5_min", "sleep", Value.STRING, NULLABLE, "digit per 5 min", only=DIGITS),
        leaf("movement_30_sec", "sleep", Value.STRING, NULLABLE, "digit per 30 s", only=DIGITS),
        leaf("restless_periods", "sleep", Value.INTEGER, NULLABLE, "count"),
        leaf("type", "sleep", Value.STRING, NULLABLE,
             one_of=("deleted", "sleep", "long_sleep", "late_nap", "rest")),
        leaf("period", "sleep", Value.INTEGER, REQUIRED, "index in its day"),
        leaf("sleep_algorithm_version", "sleep", Value.STRING, NULLABLE, one_of=("v1", "v2")),
        leaf("sleep_analysis_reason", "sleep", Value.STRING, NULLABLE, one_of=REASONS),
        leaf("low_battery_alert", "sleep", Value.BOOLEAN, REQUIRED),
        leaf("sleep_score_delta", "sleep_score", Value.INTEGER, NULLABLE, "points"),
        leaf("readiness_score_delta", "readiness_score", Value.INTEGER, NULLABLE, "points"),
        *readiness(under="readiness."),
        leaf("average_breath", "respiratory_rate", Value.NUMBER, NULLABLE, "breaths/min"),
        leaf("lowest_heart_rate", "resting_heart_rate", Value.INTEGER, NULLABLE, "bpm"),
        leaf("average_heart_rate", "heart_rate", Value.NUMBER, NULLABLE, "bpm"),
        leaf("heart_rate", "heart_rate", Value.SAMPLE, NULLABLE, "bpm"),
        leaf("average_hrv", "heart_rate_variability", Value.INTEGER, NULLABLE, "ms"),
        leaf("hrv", "heart_rate_variability", Value.SAMPLE, NULLABLE, "ms"),
        leaf("ring_id", "ring_configuration", Value.STRING, NULLABLE, only=CODE),
    ),
)  # fmt: skip

RECOMMENDATIONS = (
    "improve_efficiency", "earlier_bedtime", "later_bedtime", "earlier_wake_up_time", "later_wake_up_time",
    "follow_optimal_bedtime",
)  # fmt: skip
STATUSES = (
    "not_enough_nights", "not_enough_recent_nights", "bad_sleep_quality", "only_recommended_found", "optimal_found",
)  # fmt: skip

SLEEP_TIME = DocumentKind(
    name="sleep_time",
    fields=(
        *envelope(),
        # An object or null; inside it all three are there. Seconds from GMT, and from midnight (may be negative).
        *leaves("day_tz start_offset end_offset", "optimal_bedtime", Value.INTEGER, REQUIRED, "s",
                under="optimal_bedtime."),
        leaf("recommendation", "optimal_bedtime", Value.STRING, NULLABLE, one_of=RECOMMENDATIONS),
        leaf("status", "optimal_bedtime", Value.STRING, NULLABLE, one_of=STATUSES),
    ),
)  # fmt: skip

KINDS = (DAILY_SLEEP, SLEEP, SLEEP_TIME)
