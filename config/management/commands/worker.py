"""`manage.py worker`: everything that happens behind the pages, without a broker."""

import logging
import signal
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, close_old_connections, connections

from audit.proofs.errors import SequencerStopped
from integrations import work
from integrations.connectors import subscriptions
from integrations.deliveries import sweeping

log = logging.getLogger(__name__)
POLL_SECONDS = 0.5
SOONER = 5.0  # seconds: in the demo world the partners start beside us
HANDS = 4  # per partner four sends at a time (SR-7.8)
LONG_HANDS = 2  # for exports, checks of the log and copies: no send waits behind them
SEQUENCE_SECONDS = (
    0.2  # from one round's begin to the next: a checkpoint within a second of its entry (SR-8.2)
)
STOPPED_SECONDS = 5.0  # how soon a stopped sequencer looks whether it may go on


class Command(BaseCommand):
    help = (
        "Send what waits, take in what partners told of, tell partners of stops, give log entries their index. "
        "Ends cleanly on TERM."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Sweep, do what is due now, and end.")
        parser.add_argument("--without-the-log", action="store_true", help="Leave the log to another worker.")
        parser.add_argument("--only-the-log", action="store_true", help="Sequence the log and nothing else.")

    def handle(self, **options: Any) -> None:
        if options["once"]:
            self.once(log_too=not options["without_the_log"])
            return
        asked_to_end = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: asked_to_end.set())
        sequencing = _Sequencing(asked_to_end)
        if options["only_the_log"]:
            sequencing.run()
            return
        beside = threading.Thread(target=sequencing.run, name="sequencer")
        if not options["without_the_log"]:
            beside.start()
        try:
            _Rounds(asked_to_end).run()
        finally:
            asked_to_end.set()
            if beside.is_alive():
                beside.join()

    def once(self, *, log_too: bool) -> None:
        work.sweep()
        work.daily()
        for job in list(work.due()):
            job.run()
        try:
            if log_too:
                work.sequence()
        except SequencerStopped as stopped:
            raise CommandError(str(stopped)) from stopped


class _Sequencing:
    """Gives log entries their index, in a thread that no send delays. Stopped, it says why and looks again."""

    def __init__(self, asked_to_end: threading.Event) -> None:
        self.asked_to_end = asked_to_end

    def run(self) -> None:
        while not self.asked_to_end.is_set():
            self.asked_to_end.wait(self.round())
        connections.close_all()

    def round(self) -> float:
        """Sequence all that waits; return after how many seconds to come again."""
        close_old_connections()
        began = time.monotonic()
        try:
            return rest_of_round(began) if work.sequence_or_say_why() else STOPPED_SECONDS
        except DatabaseError:
            log.exception("the database does not answer")
            connections.close_all()
        except Exception:
            log.exception("the sequencer failed")
        return STOPPED_SECONDS


def rest_of_round(began: float) -> float:
    """Return the seconds until the next round of the sequencer; none when this one took longer."""
    return max(0.0, began + SEQUENCE_SECONDS - time.monotonic())


class _Rounds:
    """Polls, hands out jobs, and never the same job twice at a time."""

    def __init__(self, asked_to_end: threading.Event) -> None:
        self.asked_to_end = asked_to_end
        self.under_way: dict[work.Job, Future[None]] = {}
        self.day: Future[None] | None = None
        self.next_sweep = 0.0
        self.greeted = False

    def run(self) -> None:
        log.info("worker starts")
        with (
            ThreadPoolExecutor(HANDS, thread_name_prefix="hand") as hands,
            ThreadPoolExecutor(LONG_HANDS, thread_name_prefix="long") as long_hands,
        ):
            while not self.asked_to_end.is_set():
                try:
                    self.round(hands, long_hands)
                except DatabaseError:
                    log.exception("the database does not answer")
                    connections.close_all()
                self.asked_to_end.wait(POLL_SECONDS)
            for waiting in self.under_way.values():
                waiting.cancel()
        log.info("worker ends")

    def round(self, hands: ThreadPoolExecutor, long_hands: ThreadPoolExecutor) -> None:
        close_old_connections()
        self.under_way = {job: done for job, done in self.under_way.items() if not done.done()}
        if time.monotonic() >= self.next_sweep:
            self.next_sweep = time.monotonic() + settings.SWEEP_EVERY
            hands.submit(_in_hand, self.sweep)
            if self.day is None or self.day.done():
                self.day = long_hands.submit(_in_hand, work.daily)
        sweeping.bring_back_lapsed()  # at once: a restarted worker finishes what a killed one left
        for job in work.due():
            if job not in self.under_way:
                self.under_way[job] = (long_hands if job.long else hands).submit(_in_hand, job.run)

    def sweep(self) -> None:
        """Sweep; once after the start ask partners anew whether they still call us, sooner again if none answers."""
        work.sweep()
        if not self.greeted:
            self.greeted = subscriptions.ensure(anew=True) > 0
            self.next_sweep = min(self.next_sweep, time.monotonic() + SOONER)


def _in_hand(do: Any) -> None:
    """Run one job in a thread of its own: its database connection is its own, and its mistakes end with it."""
    close_old_connections()
    try:
        do()
    except Exception:
        log.exception("a job failed")
    finally:
        close_old_connections()
