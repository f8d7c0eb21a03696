"""Sequencers in processes of their own that are killed (SIGKILL) at a step, or after a while.

Run as `python -m tests.audit.proofs.killed_sequencer` with a line for each on standard input: `step 3` kills where
step 3 is logged, `after 0.012` that many seconds after the start; `never` lets one run to its end. Each line is
answered by how the process ended. Django starts once; each sequencer is a fork of it that has no connection yet.
"""

import logging
import os
import signal
import sys
import time

import django

LIMIT = 7  # entries a batch


class Assassin(logging.Handler):
    def __init__(self, step: int) -> None:
        super().__init__(logging.DEBUG)
        self.step = step

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(record, "step", None) == self.step:
            os.kill(os.getpid(), signal.SIGKILL)


def sequence(step: int) -> None:
    from audit.proofs import sequencer

    above = logging.getLogger("audit.proofs")
    above.setLevel(logging.DEBUG)
    above.propagate = False
    above.addHandler(Assassin(step))
    while sequencer.run(limit=LIMIT):
        pass


def ended(line: str) -> int:
    """Run one sequencer as the line says; return its exit code, or minus the signal that ended it."""
    how, _, value = line.partition(" ")
    child = os.fork()
    if not child:
        try:
            sequence(int(value) if how == "step" else 0)
        except BaseException as trouble:
            sys.stderr.write(f"{trouble!r}\n")
            os._exit(1)
        os._exit(0)
    if how == "after":
        time.sleep(float(value))
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    for line in sys.stdin:
        sys.stdout.write(f"{ended(line.strip())}\n")
        sys.stdout.flush()
