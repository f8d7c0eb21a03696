"""What a member logs about a day. A whole tag is private unless `tags.py` lists its codes."""

from records.vocabulary.documents.leaves import NULLABLE, REQUIRED, envelope, leaf, leaves
from records.vocabulary.shapes import DocumentKind, Sensitivity, Value

CYCLE, TEXT = Sensitivity.CYCLE, Sensitivity.TEXT

ENHANCED_TAG = DocumentKind(
    name="enhanced_tag",
    day="start_day",
    fields=(
        *envelope(day=False),
        leaf("tag_type_code", "tag", Value.STRING, NULLABLE, sensitivity=CYCLE, per_entry=True),
        leaf("start_time", "tag", Value.DATETIME, REQUIRED, sensitivity=CYCLE),
        leaf("end_time", "tag", Value.DATETIME, NULLABLE, sensitivity=CYCLE),
        leaf("start_day", "tag", Value.DATE, REQUIRED, sensitivity=CYCLE),
        leaf("end_day", "tag", Value.DATE, NULLABLE, sensitivity=CYCLE),
        *leaves("comment custom_name", "tag", Value.STRING, NULLABLE, sensitivity=TEXT),
    ),
)

# The older route, still asked. One code off the list, or none at all, and the entry is the member's alone.
TAG = DocumentKind(
    name="tag",
    fields=(
        *envelope(),
        leaf("tags", "tag", Value.STRINGS, REQUIRED, sensitivity=CYCLE, per_entry=True),
        leaf("timestamp", "tag", Value.DATETIME, REQUIRED, sensitivity=CYCLE),
        leaf("text", "tag", Value.STRING, NULLABLE, sensitivity=TEXT),
    ),
)

# A very long one can show a pregnancy. The reasons of an episode are codes or words of any kind: text.
REST_MODE_PERIOD = DocumentKind(
    name="rest_mode_period",
    day="start_day",
    containers=frozenset({"episodes"}),
    fields=(
        *envelope(day=False),
        leaf("start_day", "rest_mode", Value.DATE, REQUIRED, sensitivity=CYCLE),
        leaf("start_time", "rest_mode", Value.DATETIME, NULLABLE, sensitivity=CYCLE),
        leaf("end_day", "rest_mode", Value.DATE, NULLABLE, sensitivity=CYCLE),
        leaf("end_time", "rest_mode", Value.DATETIME, NULLABLE, sensitivity=CYCLE),
        leaf("episodes[].timestamp", "rest_mode", Value.DATETIME, REQUIRED, sensitivity=CYCLE),
        leaf("episodes[].tags", "rest_mode", Value.STRINGS, REQUIRED, sensitivity=TEXT),
    ),
)

KINDS = (ENHANCED_TAG, TAG, REST_MODE_PERIOD)
