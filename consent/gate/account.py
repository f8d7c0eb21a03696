"""What the account says of the member, in the place where the API has it: their address. Pure.

A ring's document may hold another one, of long ago or of somebody else; the account's is confirmed and kept up to date.
"""

from collections.abc import Iterable, Iterator
from uuid import UUID

from consent.gate.paging import Part, Stored
from records.admission import RING
from records.vocabulary.shape import NO_DAY

KIND = "personal_info"


def with_the_address(found: Iterable[Stored], email: str) -> Iterator[Stored]:
    """Yield what is stored of the member with the account's address in it; that alone where nothing is stored."""
    nothing: Iterable[Stored] = [Part(UUID(int=0), KIND, NO_DAY, RING, {})]
    for stored in list(found) or nothing:
        yield Part(stored.ref, stored.kind, stored.day, stored.origin, {**stored.fields, "email": email})
