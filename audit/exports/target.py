"""A file on its way: written beside its own place, hashed as it is written, put there whole or not at all."""

import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path


class Target:
    """The bytes of one file, and their SHA-256 so far. Only its owner may read it (mode 0600)."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self.path = path
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._hash = hashlib.sha256()
        self.length = 0

    def write(self, content: bytes | memoryview) -> int:
        self._file.write(content)
        self._hash.update(content)
        self.length += len(content)
        return len(content)

    def tell(self) -> int:
        return self.length

    def flush(self) -> None:
        self._file.flush()

    @property
    def closed(self) -> bool:
        return self._file.closed

    def close(self) -> None:
        """Have every byte on the disk."""
        if not self._file.closed:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()

    def drop(self) -> None:
        """Close it without a word; what is left of it is nobody's."""
        try:
            self._file.close()
        except OSError:
            return

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def part_of(path: Path) -> Path:
    """Return the name under which a file or folder is written until it is whole."""
    return path.with_name(f"{path.name}.part")


def put_in_place(part: Path, path: Path) -> None:
    """Give what is whole its own name, at once and for good."""
    part.rename(path) if part.is_dir() else part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def remove(path: Path) -> None:
    """Remove a file or a folder, if there is one."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(NotADirectoryError):
            path.unlink(missing_ok=True)
