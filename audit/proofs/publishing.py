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
    """Return the note that the world sees now, none where there is none yet. What is no file reads as an empty note."""
    try:
        with (folder() / "checkpoint").open(encoding="utf-8", errors="replace", newline="") as file:
            return file.read(LONGEST)
    except FileNotFoundError:
        return None
    except OSError:
        return ""


def hashes(size: int) -> Callable[[int, int, int], bytes]:
    """Return a reader of the hashes that are public at this size, by level, first and past. A missing one is zeros."""

    def read(level: int, first: int, last: int) -> bytes:
        numbers = range(first >> tiles.HEIGHT, ((last - 1) >> tiles.HEIGHT) + 1)
        return tiles.gathered({number: tile(level, number) for number in numbers}, first, last)

    def tile(level: int, number: int) -> bytes:
        width = min(tiles.FULL, (size >> tiles.HEIGHT * level) - number * tiles.FULL)
        part, full = tiles.Tile(level, number, width), tiles.Tile(level, number)
        return content(part) or content(full)  # a part goes once the full one is there

    return read


def content(tile: tiles.Tile) -> bytes:
    """Return the bytes of a published tile; none where there is no such file, or one of another length."""
    try:
        with (folder() / tile.path).open("rb") as file:
            found = file.read(tile.width * WIDTH + 1)
    except OSError:
        return b""
    return found if len(found) == tile.width * WIDTH else b""


def publish_tiles(old: int, new: int) -> None:
    """Write the tiles that changed between two sizes. A partial tile goes once its full one is there."""
    for tile, grown in store.read_each(tiles.grown(old, new)):
        path = folder() / tile.path
        _write(path, grown)
        if tile.width == tiles.FULL:
            shutil.rmtree(path.with_name(f"{path.name}.p"), ignore_errors=True)


def publish_checkpoint(note: str) -> None:
    _write(folder() / "checkpoint", note.encode())


def _write(path: Path, written: bytes) -> None:
    """Put a file in its place whole or not at all, also when the power fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("wb") as file:
        file.write(written)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
