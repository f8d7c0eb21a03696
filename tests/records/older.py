"""Documents as an older vocabulary left them: nothing of them was private then."""

from datetime import UTC, date, datetime

from records.admission import NewDocument
from records.members.keyring import Key
from records.models import Document
from records.sealing import PUBLIC, Seals

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def stored_before(key: Key, new: NewDocument, *, day: date) -> Document:
    """Put a document where it would lie, whole, in the place of what lies there."""
    seals = Seals.of(key)
    ref = seals.reference(new.kind, new.origin, new.source_id)
    sealed = seals.seal(PUBLIC, ref, new.body)
    told = {"owner": seals.owner, "kind": new.kind, "day": day, "origin": new.origin, "saved_at": AT}
    return Document.objects.update_or_create(id=ref, defaults={**told, "body": sealed})[0]
