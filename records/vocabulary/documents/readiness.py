"""A day's readiness, alone and nested in a night of sleep, field by field.

`score` is always the one computed without cycle phase. The contributors with the score give the one
that is missing, temperature, back: they are cycle-revealing all, and in no flow of the thirteen
partners.
"""

from records.vocabulary.documents.leaves import NULLABLE, envelope, leaf, leaves
from records.vocabulary.shapes import DocumentKind, Field, Sensitivity, Value


def readiness(under: str = "") -> tuple[Field, ...]:
    """Return the fields of a readiness object; `sleep.readiness` holds the same under its own name."""
    cycle = Sensitivity.CYCLE
    return (
        leaf(f"{under}score", "readiness_score", Value.INTEGER, NULLABLE, "0-100"),
        *leaves(
            "activity_balance hrv_balance previous_day_activity previous_night recovery_index"
            " resting_heart_rate sleep_balance sleep_regularity",
            "readiness_detail", Value.INTEGER, NULLABLE, "1-100",
            under=f"{under}contributors.", sensitivity=cycle,
        ),
        # The same curve as the two deviations, inverted.
        leaf(f"{under}contributors.body_temperature", "temperature_trend", Value.INTEGER, NULLABLE, "1-100",
             sensitivity=cycle),
        *leaves("temperature_deviation temperature_trend_deviation", "temperature_trend", Value.NUMBER,
                NULLABLE, "°C", under=under, sensitivity=cycle),
    )  # fmt: skip


DAILY_READINESS = DocumentKind(
    name="daily_readiness",
    containers=frozenset({"contributors"}),
    fields=(
        *envelope(timestamp=True),
        *readiness(),
        leaf("score_with_cycle", "cycle_insights", Value.INTEGER, NULLABLE, "0-100",
             sensitivity=Sensitivity.DERIVED, own=True),
    ),
)  # fmt: skip

KINDS = (DAILY_READINESS,)
