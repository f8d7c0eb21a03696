"""A file on its way: written in a folder of its own, hashed as it is written, put in its place whole or not at all.

Two tries at one file share nothing. Whoever finds a file under its name finds beside it, at any moment and after any
crash, what belongs to that very file: the old one goes first, the new one comes last.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from uuid import uuid4


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


@contextmanager
def trying(path: Path) -> Iterator[Path]:
    """Yield a folder beside `path` that is this try's alone, and remove it at the end. Raises OSError.

    Its writer holds its lock while it lives. So it is known what a killed one left, and that goes first.
    """
    with held(path.parent):
        _clear(path)
        folder = path.with_name(f"{path.name}.{uuid4().hex[:8]}.part")
        folder.mkdir(mode=0o700)
        alive = _locked(folder)
    try:
        yield folder
    finally:
        os.close(alive)
        remove(folder)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder: whoever else asks for it waits. Not for long, and not twice in one process."""
    lock = _locked(folder)
    try:
        yield
    finally:
        os.close(lock)


def put_in_place(parts: Path, path: Path, beside: Sequence[str]) -> None:
    """Give what is whole in the folder `parts` its own name, and first that which belongs `beside` it, if it is there.

    Call it with the folder held: two that come at once would mix. What fails leaves nothing under any of the names.
    """
    try:
        if path.is_file():
            path.unlink()
        for name in beside:
            path.with_name(name).unlink(missing_ok=True)
        _kept(path.parent)
        for name in beside:
            if (parts / name).exists():
                (parts / name).rename(path.with_name(name))
        _kept(path.parent)
        (parts / path.name).rename(path)
        _kept(path.parent)
    except BaseException:
        if not (parts / path.name).exists():  # it has its name already
            remove(path)
        for name in beside:
            path.with_name(name).unlink(missing_ok=True)
        raise


def replace(part: Path, path: Path) -> None:
    """Put a file in the place of another, at once and for good."""
    part.replace(path)
    _kept(path.parent)


def remove(path: Path) -> None:
    """Remove a file or a folder, if there is one."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(NotADirectoryError):
            path.unlink(missing_ok=True)


def _clear(path: Path) -> None:
    """Remove the folders of tries at this path whose writers are gone: nobody holds their locks."""
    for left in path.parent.glob(f"{escape(path.name)}.????????.part"):
        with suppress(OSError):
            folder = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove(left)
            finally:
                os.close(folder)


def _locked(folder: Path) -> int:
    """Open a folder and wait for its lock. Where files lie that know no locks (some networks' do not) none is held."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    with suppress(OSError):
        fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def _kept(folder: Path) -> None:
    """Have a folder's names on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
