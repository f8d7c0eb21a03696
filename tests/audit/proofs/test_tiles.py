"""Proofs read from tiles are those of the tree, and a tile's path has one writing (SR-8.2)."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.proofs import tiles, tree
from audit.proofs.tiles import Tile, TileHashes
from tests.audit.proofs.trees import InMemory, leaves, path, subproof

pytestmark = pytest.mark.once
MOST = 70_000  # three levels of tiles
ROW = leaves(MOST)


class Shelf:
    """Tiles as files would hold them; counts what is read."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.widest: dict[tuple[int, int], int] = {}
        self.reads = 0

    def put(self, tile: Tile, content: bytes) -> None:
        self.held[tile.path] = content

    def read(self, level: int, number: int, width: int) -> bytes:
        self.reads += 1
        return self.held[Tile(level, number, width).path]


def shelf(*sizes: int) -> Shelf:
    """The tiles of a log that grew by these sizes."""
    shelf, edge = Shelf(), tree.Frontier()
    for size in sizes:
        runs = edge.extend(ROW[edge.size : size])
        for tile, content in tiles.written(runs, shelf.read):
            shelf.put(tile, content)
    return shelf


FULL_SHELF = shelf(MOST)
MEMORY = InMemory(ROW)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(4, 1_234_067, 1), "tile/4/x001/x234/067.p/1"),
        (Tile(4, 1_234_067), "tile/4/x001/x234/067"),
        (Tile(1, 999, 255), "tile/1/999.p/255"),
        (Tile(0, 1000), "tile/0/x001/000"),
    ],
)
def test_a_tiles_path_is_that_of_the_standard_and_leads_back(tile: Tile, path: str):
    assert tile.path == path
    assert Tile.parse(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        *("", "tile", "tile/0", "tile/0/0", "tile/0/1000", "tile/00/000", "tile/-1/000", "tile/64/000", "/tile/0/000"),
        *("tile/0/x000/001", "tile/0/000/001", "tile/0/x001", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01"),
        *("tile/0/000.p/", "tile/0/000\n", "tile/0/٠٠٠", "tile/entries/000", "tile/0/../000", "tile/8/0/000"),
    ],
)  # fmt: skip
def test_no_other_writing_is_the_path_of_a_tile(path: str):
    with pytest.raises(tiles.TileRefused):
        Tile.parse(path)


@given(st.text(alphabet="tile/x0123456789.p", max_size=30) | st.text(max_size=12))
def test_whatever_is_read_as_a_path_is_written_the_same(path: str):
    with contextlib.suppress(tiles.TileRefused):
        assert Tile.parse(path).path == path


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=5))
@settings(max_examples=30)
def test_the_tiles_of_a_log_do_not_depend_on_how_it_grew(sizes: list[int]):
    sizes = sorted(sizes)
    grew, at_once = shelf(*sizes), shelf(sizes[-1])
    assert at_once.held.items() <= grew.held.items()


@given(st.integers(0, 70_000), st.integers(0, 70_000))
@settings(max_examples=20)
def test_the_tiles_said_to_change_are_those_that_change(one: int, other: int):
    old, new = sorted((one, other))
    edge = tree.Frontier.at(old, MEMORY)
    changed = [
        tile for tile, _ in tiles.written(edge.extend(ROW[old:new]), lambda *tile: b"".ljust(32 * tile[2]))
    ]
    assert sorted(tiles.grown(old, new)) == sorted(changed)


@given(st.data())
@settings(max_examples=40)
def test_proofs_from_tiles_are_those_of_the_plain_recursion(data: st.DataObject):
    size = data.draw(st.integers(1, 3000))
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    reader = TileHashes(shelf(size).read, size)
    assert tree.inclusion_proof(index, size, reader) == path(index, ROW[:size])
    assert tree.consistency_proof(old, size, reader) == subproof(old, ROW[:size])


@given(st.integers(1, MOST), st.data())
@settings(max_examples=40)
def test_every_hash_of_every_level_reads_back(size: int, data: st.DataObject):
    level = data.draw(st.integers(0, size.bit_length() - 1))
    index = data.draw(st.integers(0, (size >> level) - 1))
    grown = TileHashes(lambda *tile: FULL_SHELF.held[wider(*tile)], MOST).at(size)
    assert grown.node(level, index) == MEMORY.node(level, index)


def wider(level: int, number: int, width: int) -> str:
    """A store that keeps only the widest writing of a tile is good enough for a smaller tree."""
    assert width <= tiles.FULL
    return next(tile.path for tile in tiles.grown(0, MOST) if (tile.level, tile.number) == (level, number))


def test_a_proof_reads_few_tiles_and_none_twice():
    counted = shelf(MOST)
    reader = TileHashes(counted.read, MOST)
    first = tree.inclusion_proof(12_345, MOST, reader)
    assert counted.reads <= 5
    read = counted.reads
    assert tree.inclusion_proof(12_345, MOST, reader.at(MOST)) == first
    assert counted.reads == read


@pytest.mark.parametrize(("level", "index"), [(0, 300), (8, 1), (9, 0), (-1, 0), (0, -1)])
def test_a_subtree_that_is_not_complete_is_not_read(level: int, index: int):
    with pytest.raises(tiles.TileRefused):
        TileHashes(shelf(300).read, 300).node(level, index)


def test_a_tile_cut_short_is_refused_by_its_name():
    with pytest.raises(tiles.TileRefused, match=r"tile/0/001\.p/44"):
        TileHashes(lambda *tile: b"\0" * 43 * 32, 300).node(0, 256)
