"""How many calls a partner gets at once, and when none: four, and none for 30 s after five failed (SR-7.8).

One process's own memory, by host, port and lane. A failure is a call without an answer; an answer of any status and
length is a sign of life. A lane is whose calls they are where anybody may name a host: what a program tries in vain
counts against it alone.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from integrations.egress_shapes import AddressRefused, Deadline, EgressError, NotSent, TooLarge

MOST = 1_000  # remembered; the one that was asked for longest ago is forgotten first
AT_ONCE = 4
FAILURES = 5
REST_SECONDS = 30.0


class Breaker:
    """The count for one partner. After its rest one failure is enough to rest again."""

    def __init__(self) -> None:
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._failed = 0
        self._rests_until = 0.0

    @contextmanager
    def passage(self, deadline: Deadline) -> Iterator[None]:
        """Hold one of the slots for a call. Raises NotSent when the partner rests or none is free in time."""
        if time.monotonic() < self._rests_until:
            raise NotSent("partner_resting")
        if not self._slots.acquire(timeout=deadline.remaining()):
            raise NotSent("partner_busy")
        try:
            yield
        except AddressRefused:
            raise
        except TooLarge:
            self._note(failed=False)
            raise
        except EgressError:
            self._note(failed=True)
            raise
        else:
            self._note(failed=False)
        finally:
            self._slots.release()

    def _note(self, *, failed: bool) -> None:
        with self._lock:
            self._failed = self._failed + 1 if failed else 0
            if self._failed >= FAILURES:
                self._rests_until = time.monotonic() + REST_SECONDS


_breakers: dict[tuple[str, int, str], Breaker] = {}
_lock = threading.Lock()


def breaker_of(host: str, port: int, lane: str = "") -> Breaker:
    with _lock:
        found = _breakers.pop((host, port, lane), None) or Breaker()
        _breakers[host, port, lane] = found
        if len(_breakers) > MOST:
            del _breakers[next(iter(_breakers))]
        return found


def forget() -> None:
    """Forget every count, as a restart does."""
    with _lock:
        _breakers.clear()
