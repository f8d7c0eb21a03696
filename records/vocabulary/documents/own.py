"""Documents of ours: what comes in from the phones, Stelo and Alexa+, and what is made from a session. Never on `/v2`.

Who made one (`origin`) and what it was made from (`derived_from`) stay here: they go along with nothing.
"""

from records.vocabulary.documents.leaves import NULLABLE, OPTIONAL, REQUIRED, envelope, leaf, leaves, staying
from records.vocabulary.sexes import SEXES
from records.vocabulary.shapes import DocumentKind, Field, Sensitivity, Value

TRENDS = (
    "none", "unknown", "double_up", "single_up", "forty_five_up", "flat", "forty_five_down", "single_down",
    "double_down", "not_computable", "rate_out_of_range",
)  # fmt: skip
# A rule that a member made by voice: what it is about, and when it speaks. Closed, so that no words come in with it.
TRIGGERS = ("bedtime", "activity_nudge", "sleep_score", "readiness_score")
PARAMETERS = (
    "at_least_70", "at_least_85", "below_60", "below_70",
    "15_minutes_before", "30_minutes_before", "60_minutes_before",
    "every_day", "weekdays", "weekends",
)  # fmt: skip


def _own(name: str, *fields: Field, containers: frozenset[str] = frozenset()) -> DocumentKind:
    whole = (*envelope(), staying("origin"), *fields)
    return DocumentKind(name=name, own=True, fields=whole, containers=containers)


def _span(data_type: str) -> tuple[Field, ...]:
    return leaves("start end", data_type, Value.DATETIME, REQUIRED, own=True)


def _sample(data_type: str, value: Value, unit: str) -> DocumentKind:
    amount = leaf("value", data_type, value, REQUIRED, unit, own=True)
    return _own(f"{data_type}_sample", *_span(data_type), amount)


KINDS = (
    _own("mindful_minutes", *_span("mindful_minutes"), staying("derived_from")),
    _own(
        "workout_route",
        leaf("workout", "workout_route", Value.STRING, OPTIONAL, "id of the workout", own=True),
        leaf("points[].time", "workout_route", Value.DATETIME, REQUIRED, own=True),
        leaf("points[].lat", "workout_route", Value.NUMBER, REQUIRED, "degrees", own=True, within=(-90, 90)),
        leaf(
            "points[].lon", "workout_route", Value.NUMBER, REQUIRED, "degrees", own=True, within=(-180, 180)
        ),
        containers=frozenset({"points"}),
    ),
    _own("power_sample", *_span("power"), leaf("samples", "power", Value.SAMPLE, REQUIRED, "W", own=True)),
    _sample("steps", Value.INTEGER, "count"),
    _sample("distance", Value.NUMBER, "m"),
    _sample("active_energy", Value.NUMBER, "kcal"),
    _sample("total_energy", Value.NUMBER, "kcal"),
    _own(
        "heart_rate_variability_sample",
        leaf("time", "heart_rate_variability", Value.DATETIME, REQUIRED, own=True),
        leaf("value", "heart_rate_variability", Value.NUMBER, REQUIRED, "ms, RMSSD", own=True),
    ),
    _own(
        "profile",
        leaf("date_of_birth", "date_of_birth", Value.DATE, NULLABLE, own=True),
        leaf("height", "height", Value.NUMBER, NULLABLE, "m", own=True),
        leaf("weight", "weight", Value.NUMBER, NULLABLE, "kg", own=True),
        leaf("sex", "sex", Value.STRING, NULLABLE, own=True, one_of=tuple(sorted(SEXES))),
    ),
    _own(
        "glucose",
        leaf("time", "glucose", Value.DATETIME, REQUIRED, own=True),
        leaf("value", "glucose", Value.INTEGER, REQUIRED, "mg/dL", own=True, within=(40, 400)),
        # Set when the sensor read beyond the bounds: the value is then the bound.
        leaf("flag", "glucose", Value.STRING, NULLABLE, own=True, one_of=("low", "high")),
        leaf("trend", "glucose", Value.STRING, NULLABLE, own=True, one_of=TRENDS),
    ),
    _own(
        "meal",
        leaf("time", "meal", Value.DATETIME, REQUIRED, own=True),
        leaf("zone", "meal", Value.ZONE, NULLABLE, own=True),
        leaf("text", "meal", Value.STRING, NULLABLE, own=True, sensitivity=Sensitivity.TEXT),
    ),
    _own(
        "routine_trigger",
        leaf("name", "routine_trigger", Value.STRING, REQUIRED, own=True, one_of=TRIGGERS),
        leaf("parameters", "routine_trigger", Value.STRINGS, OPTIONAL, own=True, one_of=PARAMETERS),
    ),
)
