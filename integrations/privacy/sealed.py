"""A file that lies sealed: chunk after chunk under one key, each bound to its place, the last one marked as such.

A chunk that was altered, moved, left out or cut off at the end does not open (SR-6.1).
"""

from collections.abc import Iterator
from types import TracebackType
from typing import IO

from records.members import keyring
from records.members.keyring import Key

CHUNK = 256 * 1024  # bytes in the open


class Sealing:
    """Writes bytes sealed into a file. Not seekable; the last chunk is written on leaving the `with` block."""

    def __init__(self, into: IO[bytes], *, key: Key, place: str) -> None:
        self._into, self._key, self._place = into, key, place
        self._waiting = bytearray()
        self._number = 0

    def write(self, raw: bytes) -> int:
        self._waiting += raw
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(raw)

    def flush(self) -> None:
        """Nothing to do: chunks are whole or not there."""

    def __enter__(self) -> "Sealing":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._seal(bytes(self._waiting), last=True)

    def _seal(self, plain: bytes, *, last: bool) -> None:
        place = _place(self._place, self._number, last=last)
        self._into.write(keyring.seal(plain, key=self._key, place=place).encode() + b"\n")
        self._number += 1


def opened(file: IO[bytes], *, key: Key, place: str) -> Iterator[bytes]:
    """Yield the bytes of a sealed file, a chunk at a time. Raises keyring.SealBroken at the first that is not whole."""
    line, number = file.readline(), 0
    if not line:
        raise keyring.SealBroken(place)
    while line:
        following = file.readline()
        at = _place(place, number, last=not following)
        yield keyring.open_sealed(line.decode().rstrip("\n"), key=key, place=at)
        line, number = following, number + 1


def _place(place: str, number: int, *, last: bool) -> str:
    return f"{place}|{number}{'|last' if last else ''}"
