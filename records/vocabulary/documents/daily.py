"""One document a day on stress, resilience, blood oxygen, the heart's age and fitness, field by field."""

from records.vocabulary.documents.leaves import NULLABLE, REQUIRED, envelope, leaf, leaves
from records.vocabulary.shapes import DocumentKind, Value

DAILY_RESILIENCE = DocumentKind(
    name="daily_resilience",
    containers=frozenset({"contributors"}),
    fields=(
        *envelope(),
        leaf("level", "resilience", Value.STRING, REQUIRED,
             one_of=("limited", "adequate", "solid", "strong", "exceptional")),
        *leaves("sleep_recovery daytime_recovery stress", "resilience", Value.NUMBER, REQUIRED, "0-100",
                under="contributors."),
    ),
)  # fmt: skip

DAILY_STRESS = DocumentKind(
    name="daily_stress",
    fields=(
        *envelope(),
        leaf("day_summary", "daytime_stress", Value.STRING, NULLABLE,
             one_of=("restored", "normal", "stressful")),
        *leaves("recovery_high stress_high", "daytime_stress", Value.INTEGER, NULLABLE, "s"),
    ),
)  # fmt: skip

DAILY_SPO2 = DocumentKind(
    name="daily_spo2",
    fields=(
        *envelope(),
        # The schema requires it; nights without a reading have an object whose average is null, or no object.
        leaf("spo2_percentage.average", "spo2", Value.NUMBER, NULLABLE, "percent"),
        leaf("breathing_disturbance_index", "breathing_disturbance", Value.INTEGER, NULLABLE, "0-100"),
    ),
)

DAILY_CARDIOVASCULAR_AGE = DocumentKind(
    name="daily_cardiovascular_age",
    fields=(
        *envelope(),
        leaf("vascular_age", "cardiovascular_age", Value.INTEGER, NULLABLE, "years"),
        leaf("pulse_wave_velocity", "cardiovascular_age", Value.NUMBER, NULLABLE, "m/s"),
    ),
)

# The route has a capital O; the webhook and the field have none.
VO2_MAX = DocumentKind(
    name="vO2_max",
    fields=(
        *envelope(timestamp=True),
        leaf("vo2_max", "vo2_max", Value.INTEGER, REQUIRED, "ml/kg/min"),
    ),
)

KINDS = (DAILY_RESILIENCE, DAILY_STRESS, DAILY_SPO2, DAILY_CARDIOVASCULAR_AGE, VO2_MAX)
