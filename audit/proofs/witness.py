"""The witness: every checkpoint that was published, in a file outside the database, which only ever grows.

One note after another, an empty line after each. Whoever rolls the database back, or writes its history anew, has to
come past what stands here. The file may lie on another disk or host; `name()` says whose it is.
"""

import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from audit.proofs.errors import WitnessRefused

NOTE = re.compile(r"((?:[^\n]+\n)+\n(?:— [^\n]+\n)+)\n")
TAIL = 16_384  # bytes: the last notes of a file that may be long


def name() -> str:
    """Return whose witness it is, in words."""
    return str(settings.AUDIT_WITNESS_NAME)


def path() -> Path:
    return Path(settings.AUDIT_WITNESS_FILE)


def length() -> int:
    """Return how many bytes of notes there are now; none where there is no file. Raises WitnessRefused."""
    try:
        return path().stat().st_size
    except FileNotFoundError:
        return 0
    except OSError as trouble:
        raise _unreadable() from trouble


def read(upto: int) -> Iterator[str]:
    """Yield every note within the first `upto` bytes, oldest first: one at a time, however long the file is.

    Raises WitnessRefused when the file holds anything else. An unfinished note at the very end is passed over: a
    sequencer may be writing it.
    """
    count, note = 0, ""
    for line in _lines(upto):
        note += line
        if line == "\n" and NOTE.fullmatch(note):
            yield note[:-1]
            count, note = count + 1, ""
        if len(note) > TAIL:
            break
    if len(note) > TAIL or NOTE.search(note):
        raise WitnessRefused(
            f"The witness file {path()} was edited: after {count} notes comes something else."
        )


def _lines(upto: int) -> Iterator[str]:
    try:
        with path().open("rb") as file:
            while line := file.readline(min(upto, TAIL)):
                upto -= len(line)
                yield line.decode(errors="replace")
    except FileNotFoundError:
        return
    except OSError as trouble:
        raise _unreadable() from trouble


def _unreadable() -> WitnessRefused:
    return WitnessRefused(f"The witness file {path()} cannot be read.")


class Witness:
    """The witness file while a sequencer holds it: nobody else appends meanwhile."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.last: str | None = None  # the last whole note
        self.torn = ""  # what stands after it: a note of which a crash cut off the end
        self._look()

    def _look(self) -> None:
        length = os.fstat(self._descriptor).st_size
        tail = os.pread(self._descriptor, TAIL, max(0, length - TAIL)).decode("utf-8", errors="replace")
        end = 0
        for found in NOTE.finditer(tail):
            self.last, end = found[1], found.end()
        self.torn = tail[end:]

    def append(self, note: str) -> None:
        """Write a note down for good; finish it where a crash left its beginning. Raises WitnessRefused."""
        whole = f"{note}\n"
        if not whole.startswith(self.torn):
            raise edited()
        rest = whole[len(self.torn) :].encode()
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]
        os.fsync(self._descriptor)
        self.last, self.torn = note, ""


def append(note: str) -> None:
    """Append one note outside the sequencer's round. Raises WitnessRefused."""
    with held(begins=lambda: True) as witness:
        if witness is None:
            raise WitnessRefused(f"The witness file {path()} is held by a sequencer at work. Try again.")
        witness.append(note)


@contextmanager
def held(*, begins: Callable[[], bool]) -> Iterator[Witness | None]:
    """Hold the witness file; None while somebody else does. Raises WitnessRefused when it is missing.

    A killed process lets go of it. Missing is not the same as empty: where there is no file, `begins` says whether
    this log has no checkpoint yet, and so begins one.
    """
    descriptor = _opened(begins)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield Witness(descriptor)
    finally:
        os.close(descriptor)


def _opened(begins: Callable[[], bool]) -> int:
    try:
        return os.open(path(), os.O_RDWR | os.O_APPEND)
    except FileNotFoundError:
        if not begins():
            raise WitnessRefused(
                f"The witness file {path()} is missing, though checkpoints were published. "
                "Bring it back from a backup, or set AUDIT_WITNESS_FILE to where it is. Nothing is signed until then."
            ) from None
    path().parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path(), os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    folder = os.open(path().parent, os.O_RDONLY)
    os.fsync(folder)  # a file that a power failure took away would be missed
    os.close(folder)
    return descriptor


def edited() -> WitnessRefused:
    return WitnessRefused(
        f"The witness file {path()} does not end with a checkpoint of this log, so it was edited or cut. "
        "Bring it back from a backup. Nothing is signed until then."
    )
