"""How large a large test is: in full under `make verify`, a tenth of it under `make test`."""

import os

FULL = os.environ.get("RINGFENCE_FULL", "") not in {"", "0"}


def size(full: int, *, least: int = 1) -> int:
    """Return `full` under `make verify`, else a tenth, but never under `least`: enough to fail on a planted fault."""
    return full if FULL else max(least, full // 10)
