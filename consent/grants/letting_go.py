"""The one way in which evidence of consent is deleted: on purpose, in a transaction that says so (migration 0006)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def letting_go() -> Iterator[None]:
    """Let grants, receipts and notices be deleted inside, and nowhere else: the mark is gone before it commits."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO consent_grants_letting_go (began) VALUES (CURRENT_TIMESTAMP)")
        yield
        cursor.execute("DELETE FROM consent_grants_letting_go")
