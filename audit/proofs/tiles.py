"""The tree as static files: tiles of 256 hashes, after C2SP tlog-tiles (https://c2sp.org/tlog-tiles). Pure.

A tile of level L holds up to 256 neighbouring hashes of the tree's level 8 * L; what lies between is computed again.
A full tile never changes, nor does a partial one of a given width: whoever has it may keep it for ever.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from audit.proofs.tree import WIDTH, Run

HEIGHT = 8  # levels of the tree in one tile
FULL = 1 << HEIGHT  # hashes in a full tile
PATH = re.compile(r"tile/(0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")

# The bytes of the tile at (level, number), at least the first `width` hashes of it.
ReadTile = Callable[[int, int, int], bytes]


class TileRefused(ValueError):
    """A path names no tile, or a tile's bytes are not what they should be."""


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """Where a tile stands and how many hashes it holds, 1 to 256."""

    level: int
    number: int
    width: int = FULL

    @property
    def path(self) -> str:
        """Return the tile's path, e.g. `tile/0/x001/x234/067.p/9`."""
        groups = [f"{self.number % 1000:03d}"]
        rest = self.number // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        partial = "" if self.width == FULL else f".p/{self.width}"
        return f"tile/{self.level}/{'/'.join(groups)}{partial}"

    @classmethod
    def parse(cls, path: str) -> "Tile":
        """Return the tile that a path names. Raises TileRefused for every other writing of it."""
        if found := PATH.fullmatch(path):
            level, number, width = found.groups()
            tile = cls(int(level), int(number.replace("x", "").replace("/", "")), int(width or FULL))
            if tile.path == path and tile.width <= FULL and tile.level < 64:
                return tile
        raise TileRefused("This is not the path of a tile: tile/<level>/<number>[.p/<width>].")


def grown(old: int, new: int) -> Iterator[Tile]:
    """Yield the tiles that change when the tree grows from `old` to `new` leaves, each with its new width."""
    level = 0
    while new:
        if new > old:
            for number in range(old >> HEIGHT, (new - 1 >> HEIGHT) + 1):
                yield Tile(level, number, min(FULL, new - (number << HEIGHT)))
        old, new, level = old >> HEIGHT, new >> HEIGHT, level + 1


def above(leaves: Iterable[int], size: int) -> Iterator[tuple[int, int]]:
    """Yield level and number of every tile of the tree of `size` leaves that hashes over these leaves lie in.

    On the way up beside the right edge that is also the last whole tile of each level.
    """
    places = list(leaves)
    for level in range(max(1, size.bit_length() // HEIGHT + 1)):
        edge = (size >> HEIGHT * level) - 1 >> HEIGHT
        for number in (*(place >> HEIGHT * (level + 1) for place in places), edge):
            if number >= 0:
                yield level, number


def written(runs: Iterable[Run], read_tile: ReadTile) -> Iterator[tuple[Tile, bytes]]:
    """Yield each changed tile with its bytes, from what `Frontier.extend` returned; a begun tile is read first."""
    for run in runs:
        if run.level % HEIGHT:
            continue
        level, at, done = run.level // HEIGHT, run.first, 0
        while done < len(run.hashes):
            number, begun = divmod(at, FULL)
            fresh = run.hashes[done : done + FULL - begun]
            before = read_tile(level, number, begun)[: begun * WIDTH] if begun else b""
            tile = Tile(level, number, begun + len(fresh))
            yield tile, _exactly(before + b"".join(fresh), tile)
            at, done = at + len(fresh), done + len(fresh)


def gathered(tiles: Mapping[int, bytes], first: int, last: int) -> bytes:
    """Return a level's hashes from `first` up to `last` out of its tiles by number; zeros where a tile lacks them."""
    numbers = range(first >> HEIGHT, ((last - 1) >> HEIGHT) + 1)
    size = FULL * WIDTH
    whole = b"".join([tiles.get(number, b"")[:size].ljust(size, b"\x00") for number in numbers])
    begin = (first - (numbers.start << HEIGHT)) * WIDTH
    return whole[begin : begin + (last - first) * WIDTH]


class TileHashes:
    """Reads complete subtrees of the tree of `size` leaves out of tiles; keeps the last `kept` tiles it saw.

    A proof at ten million leaves touches three to six tiles. A tile kept takes 16 KiB. Safe between threads
    when `read_tile` is.
    """

    __slots__ = ("_rows", "size")

    def __init__(self, read_tile: ReadTile, size: int, *, kept: int = 256) -> None:
        self.size = size
        self._rows = lru_cache(maxsize=kept)(lambda *tile: _rows(read_tile(*tile), Tile(*tile)))

    def at(self, size: int) -> "TileHashes":
        """Return a reader of another size of the same log. It shares the tiles kept."""
        other = object.__new__(TileHashes)
        other.size, other._rows = size, self._rows
        return other

    def node(self, level: int, index: int) -> bytes:
        """Return the hash of a complete subtree. Raises TileRefused when the tree lacks it or its tile is broken."""
        if index < 0 or level < 0 or (index + 1) << level > self.size:
            raise TileRefused(
                f"The tree of {self.size} leaves has no complete subtree {index} at level {level}."
            )
        high, low = divmod(level, HEIGHT)
        number = index << low >> HEIGHT
        width = min(FULL, (self.size >> level - low) - (number << HEIGHT))
        at = (index - (number << HEIGHT - low)) * WIDTH
        return self._rows(high, number, width)[low][at : at + WIDTH]


@lru_cache(maxsize=256)  # by content, so never out of date; 24 KiB each
def _rows(content: bytes, tile: Tile) -> tuple[bytes, ...]:
    """Return the tile's hashes and those of the seven levels above, each level as one string of bytes."""
    row = _exactly(content[: tile.width * WIDTH], tile)
    rows = [row]
    for _ in range(1, HEIGHT):
        pairs = range(0, len(row) - 2 * WIDTH + 1, 2 * WIDTH)
        row = b"".join([sha256(b"\x01" + row[at : at + 2 * WIDTH]).digest() for at in pairs])
        rows.append(row)
    return tuple(rows)


def _exactly(content: bytes, tile: Tile) -> bytes:
    if len(content) != tile.width * WIDTH:
        raise TileRefused(f"{tile.path} holds {len(content)} bytes; it needs {tile.width * WIDTH}.")
    return content
