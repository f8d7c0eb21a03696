"""Series through the day: one document a UTC day, `{"rows": [...]}`; the fields are those of a row."""

from records.vocabulary.documents.leaves import NULLABLE, REQUIRED, leaf, leaves
from records.vocabulary.shapes import DocumentKind, Field, Value


def _series(name: str, *fields: Field) -> DocumentKind:
    when = (
        leaf("timestamp", None, Value.DATETIME, REQUIRED),
        leaf("timestamp_unix", None, Value.INTEGER, REQUIRED, "ms since 1970"),
    )
    return DocumentKind(name=name, series=True, day="timestamp", fields=(*when, *fields))


KINDS = (
    _series(
        "heartrate",
        leaf("bpm", "heart_rate", Value.INTEGER, REQUIRED, "bpm"),
        leaf("source", "heart_rate", Value.STRING, REQUIRED,
             one_of=("awake", "workout", "rest", "sleep", "live", "session")),
    ),
    _series(
        "interbeat_interval",
        leaf("ibi", "interbeat_interval", Value.INTEGER, REQUIRED, "ms", within=(0, 2000)),
        # 1 good, 2 bad, 3 corrected, 0 raw, -1 and -2 a gap.
        leaf("validity", "interbeat_interval", Value.INTEGER, REQUIRED, "code", within=(-2, 3)),
    ),
    _series(
        "ring_battery_level",
        leaf("level", "ring_battery", Value.INTEGER, REQUIRED, "percent", within=(0, 100)),
        *leaves("charging in_charger", "ring_battery", Value.BOOLEAN, NULLABLE),
    ),
)  # fmt: skip
