"""Heart rate through the day: one document a UTC day, `{"rows": [...]}`; the fields are those of a row."""

from records.vocabulary.documents.leaves import REQUIRED, leaf
from records.vocabulary.shapes import DocumentKind, Value

HEARTRATE = DocumentKind(
    name="heartrate",
    series=True,
    day="timestamp",
    fields=(
        leaf("timestamp", None, Value.DATETIME, REQUIRED),
        leaf("timestamp_unix", None, Value.INTEGER, REQUIRED, "ms since 1970"),
        leaf("bpm", "heart_rate", Value.INTEGER, REQUIRED, "bpm"),
        leaf("source", "heart_rate", Value.STRING, REQUIRED,
             one_of=("awake", "workout", "rest", "sleep", "live", "session")),
    ),
)  # fmt: skip

KINDS = (HEARTRATE,)
