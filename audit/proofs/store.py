"""The tree's tiles in the database: the widest writing of each. A narrower one is its beginning."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from django.db import connection

from audit.proofs import tiles
from audit.proofs.models import Tile
from audit.proofs.tree import WIDTH

AT_ONCE = 500  # tiles a statement: at most 4 MiB
Place = tuple[int, int]  # a tile's level and number


def read_tile(level: int, number: int, width: int) -> bytes:
    """Return the first `width` hashes of a tile; fewer when the table holds fewer, which a reader refuses."""
    found = Tile.objects.filter(level=level, index=number).values_list("hashes", flat=True).first()
    return bytes(found)[: width * WIDTH] if found is not None else b""


def read_each(wanted: Iterable[tiles.Tile]) -> Iterator[tuple[tiles.Tile, bytes]]:
    """Yield tiles with their hashes, many a statement; less than their width where the table holds less."""
    left = list(wanted)
    for some in (left[at : at + AT_ONCE] for at in range(0, len(left), AT_ONCE)):
        found = _fetched({(tile.level, tile.number) for tile in some})
        for tile in some:
            yield tile, found.get((tile.level, tile.number), b"")[: tile.width * WIDTH]


def near(size: int, leaves: Sequence[int] = ()) -> tiles.ReadTile:
    """Return what reads the tiles along the right edge of the tree of `size` leaves, and those above some leaves.

    These come in one statement, any other one by one.
    """
    fetched = _fetched(set(tiles.above([*leaves, size - 1], size))) if size else {}

    def read(level: int, number: int, width: int) -> bytes:
        found = fetched.get((level, number))
        return found[: width * WIDTH] if found is not None else read_tile(level, number, width)

    return read


def hashes(size: int, leaves: Sequence[int] = ()) -> tiles.TileHashes:
    """Return a reader of the tree of `size` leaves, at hand along its right edge and above some leaves.

    It keeps the tiles it saw: make one for each question.
    """
    return tiles.TileHashes(near(size, leaves), size)


def keep(changed: Iterable[tuple[tiles.Tile, bytes]]) -> None:
    """Write changed tiles down, in the caller's transaction."""
    Tile.objects.bulk_create(
        [Tile(level=tile.level, index=tile.number, hashes=content) for tile, content in changed],
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["level", "index"],
        update_fields=["hashes"],
    )


def _fetched(wanted: Collection[Place]) -> dict[Place, bytes]:
    either = " OR ".join(['level = %s AND "index" = %s'] * len(wanted))
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT level, "index", hashes FROM audit_proofs_tile WHERE {either}',  # noqa: S608 (no input)
            [part for place in sorted(wanted) for part in place],
        )
        return {(level, number): bytes(held) for level, number, held in cursor.fetchall()}
