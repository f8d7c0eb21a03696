"""What a member logs about a day. The whole entry is private unless `tags.py` lists its code."""

from records.vocabulary.documents.leaves import NULLABLE, REQUIRED, envelope, leaf
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
        leaf("comment", "tag", Value.STRING, NULLABLE, sensitivity=TEXT),
        leaf("custom_name", "tag", Value.STRING, NULLABLE, sensitivity=TEXT),
    ),
)

KINDS = (ENHANCED_TAG,)
