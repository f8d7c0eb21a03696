"""The tree's tiles in the database: the widest writing of each. A narrower one is its beginning."""

from collections.abc import Iterable

from audit.proofs import tiles
from audit.proofs.models import Tile
from audit.proofs.tree import WIDTH

AT_ONCE = 500  # tiles a statement: at most 4 MiB


def read_tile(level: int, number: int, width: int) -> bytes:
    """Return the first `width` hashes of a tile; fewer when the table holds fewer, which a reader refuses."""
    found = Tile.objects.filter(level=level, index=number).values_list("hashes", flat=True).first()
    return bytes(found)[: width * WIDTH] if found is not None else b""


def hashes(size: int) -> tiles.TileHashes:
    """Return a reader of the tree of `size` leaves. It keeps the tiles it saw: make one for each question."""
    return tiles.TileHashes(read_tile, size)


def keep(changed: Iterable[tuple[tiles.Tile, bytes]]) -> None:
    """Write changed tiles down, in the caller's transaction."""
    Tile.objects.bulk_create(
        [Tile(level=tile.level, index=tile.number, hashes=content) for tile, content in changed],
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["level", "index"],
        update_fields=["hashes"],
    )
