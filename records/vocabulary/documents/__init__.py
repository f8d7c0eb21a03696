"""All kinds of documents and their fields, one module a family."""

from records.vocabulary.documents import (
    activity,
    daily,
    notes,
    own,
    readiness,
    series,
    sleep,
    standing,
    womens_health,
)
from records.vocabulary.shapes import DocumentKind

LISTED: tuple[DocumentKind, ...] = (
    *activity.KINDS,
    *sleep.KINDS,
    *readiness.KINDS,
    *daily.KINDS,
    *series.KINDS,
    *notes.KINDS,
    *standing.KINDS,
    *own.KINDS,
    *womens_health.KINDS,
)
