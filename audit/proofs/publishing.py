"""The public face of the tree: tiles and the newest checkpoint as plain files, for any web server (C2SP tlog-tiles).

Tiles first, the checkpoint last, each by a rename: whoever reads the checkpoint finds everything it needs. Entries
are never among them.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from audit.proofs import signing, store, tiles
from audit.proofs.tree import WIDTH

LONGEST = 100_000  # bytes of a checkpoint file that we read


def folder() -> Path:
    """Return where the log's files lie: what is public as `/audit/1/`."""
    return Path(settings.AUDIT_PUBLISH_DIR) / str(signing.LOG)


def published() -> str | None:
    """Return the note that the world sees now."""
    try:
        with (folder() / "checkpoint").open(encoding="utf-8", errors="replace") as file:
            return file.read(LONGEST)
    except FileNotFoundError:
        return None


def hashes(size: int, look: Callable[[tiles.Tile], bytes] | None = None) -> Callable[[int, int, int], bytes]:
    """Return a reader of the hashes that are public at this size: level, first, past. What is missing reads as zeros.

    `look` returns the bytes of one file, none where there is no such file.
    """
    look = look or content

    def read(level: int, first: int, last: int) -> bytes:
        numbers = range(first >> tiles.HEIGHT, ((last - 1) >> tiles.HEIGHT) + 1)
        return tiles.gathered({number: tile(level, number) for number in numbers}, first, last)

    def tile(level: int, number: int) -> bytes:
        full = tiles.Tile(level, number)
        width = (size >> tiles.HEIGHT * level) - number * tiles.FULL
        part = tiles.Tile(level, number, min(tiles.FULL, width))
        return look(full) or look(part) or look(full)  # a part goes once the full one is there

    return read


def content(tile: tiles.Tile) -> bytes:
    """Return the bytes of a published tile; none where there is no such file."""
    try:
        with (folder() / tile.path).open("rb") as file:
            return file.read(tiles.FULL * WIDTH + 1)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return b""


def publish_tiles(old: int, new: int) -> None:
    """Write the tiles that changed between two sizes. A partial tile goes once its full one is there."""
    for tile, content in store.read_each(tiles.grown(old, new)):
        path = folder() / tile.path
        _write(path, content)
        if tile.width == tiles.FULL:
            shutil.rmtree(path.with_name(f"{path.name}.p"), ignore_errors=True)


def publish_checkpoint(note: str) -> None:
    _write(folder() / "checkpoint", note.encode())


def _write(path: Path, content: bytes) -> None:
    """Put a file in its place whole or not at all, also when the power fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
