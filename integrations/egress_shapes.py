"""What goes through the one door to the network and what comes back: deadlines, calls, answers, refusals.

Plain Python. Everything that may hold a token or a measurement prints masked.
"""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of an attempt by the wall clock, not per read (SR-7.8). `ends_at` is `time.monotonic()`."""

    ends_at: float

    @classmethod
    def in_(cls, seconds: float) -> "Deadline":
        return cls(time.monotonic() + seconds)

    def remaining(self) -> float:
        """Return the seconds left; 0.0 when the time is up."""
        return max(0.0, self.ends_at - time.monotonic())

    @property
    def passed(self) -> bool:
        return self.remaining() == 0.0


class EgressError(Exception):
    """A call that brought no answer. `trouble` is a word of ours, never the partner's text."""

    may_have_arrived = False

    def __init__(self, trouble: str) -> None:
        super().__init__(f"The call brought no answer ({trouble}).")
        self.trouble = trouble


class AddressRefused(EgressError):
    """The door does not open to this address (SR-7.7). Nothing was sent."""


class NotSent(EgressError):
    """The call failed before any byte of the request went out."""


class NoAnswer(EgressError):
    """Bytes of the request went out and no whole answer came: it may have arrived."""

    may_have_arrived = True


class TooLarge(NoAnswer):
    """The answer is longer than the caller allows; it was cut off and dropped."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request. At most one of `form` (with or without `files`), `json`, `body`.

    `template` is the path as it may be logged, without ids ("/activities/{id}"); `files` maps a form field to
    (file name, content, media type); `basic` is (name, password) for HTTP Basic.
    """

    method: str
    url: str = field(repr=False)
    template: str = "-"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] | None = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    json: Any = field(default=None, repr=False)
    body: bytes | None = field(default=None, repr=False)
    files: Mapping[str, tuple[str, bytes, str]] | None = field(default=None, repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)


class Headers(Mapping[str, str]):
    """An answer's headers, found under any case. Prints without values (SR-7.8)."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._by_name: dict[str, str] = {}
        for name, value in pairs:
            before = self._by_name.get(name.lower())
            self._by_name[name.lower()] = value if before is None else f"{before}, {value}"

    def __getitem__(self, name: str) -> str:
        return self._by_name[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def __repr__(self) -> str:
        return f"<Headers: {', '.join(self._by_name)}>"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a partner answered. A redirect is an answer like any other: it is not followed."""

    status: int
    headers: Headers
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """Return the body read as JSON. Raises ValueError when it is none."""
        try:
            return json.loads(self.body)
        except RecursionError as error:
            raise ValueError("The answer is nested too deeply.") from error
