"""`manage.py worker` with an assassin in its log: it kills its own process (SIGKILL) at a step of an event.

Run as `python -m tests.integrations.events.killed_worker STEP`; step 0 never comes, so that worker lives on.
"""

import logging
import runpy
import sys

from tests.integrations.deliveries.killed_worker import Assassin

if __name__ == "__main__":
    logging.getLogger("integrations.events.sending").addHandler(Assassin(int(sys.argv[1])))
    sys.argv = ["manage.py", "worker", "--without-the-log"]
    runpy.run_path("manage.py", run_name="__main__")
