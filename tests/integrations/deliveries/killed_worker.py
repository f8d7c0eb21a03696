"""`manage.py worker` with an assassin in its log: it kills its own process (SIGKILL) where a step is logged.

Run as `python -m tests.integrations.deliveries.killed_worker STEP`; step 0 never comes, so that worker lives on.
"""

import logging
import os
import runpy
import signal
import sys


class Assassin(logging.Handler):
    def __init__(self, step: int) -> None:
        super().__init__()
        self.step = step

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(record, "step", None) == self.step:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    logging.getLogger("integrations.deliveries.sending").addHandler(Assassin(int(sys.argv[1])))
    sys.argv = ["manage.py", "worker"]
    runpy.run_path("manage.py", run_name="__main__")
