"""The member's documents at rest: sealed bodies under an opaque owner, with no foreign key to the account.

Only the gate's door reaches these, through services.py and selectors.py. Admin, a reverse relation,
`dumpdata`, a replica or a backup show ciphertext; deleting the member's key is the erasure (SR-6.1,
SR-8.3).
"""

import uuid

from django.db import models


class Document(models.Model):
    """The part of a document that might ever be released. `body` is sealed for this row alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(max_length=32, help_text="keyed digest; leads back to nobody without their key")
    kind = models.CharField(max_length=40)
    day = models.DateField(help_text="the member's calendar day; the UTC day of a series")
    origin = models.CharField(max_length=64, help_text="who made it: ring, file, or a partner's slug")
    body = models.TextField()
    saved_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["owner", "kind", "day"], name="documents_of_an_owner")]

    def __str__(self) -> str:
        return f"document {self.id}"


class PrivateDocument(models.Model):
    """A document, or a part of one, that is the member's alone. All is sealed and padded: the row tells nothing.

    Read by the member's own copy and by erasure only; release never queries it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(max_length=32, db_index=True)
    body = models.TextField()

    def __str__(self) -> str:
        return f"private document {self.id}"
