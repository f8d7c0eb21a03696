"""All kinds of documents and their fields, one module a family."""

from records.vocabulary.documents import activity, notes, readiness, series, sleep, womens_health
from records.vocabulary.shapes import DocumentKind

LISTED: tuple[DocumentKind, ...] = (
    *activity.KINDS,
    *sleep.KINDS,
    *readiness.KINDS,
    *series.KINDS,
    *notes.KINDS,
    *womens_health.KINDS,
)
