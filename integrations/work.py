"""What there is to do, whoever does it: `manage.py worker` polls, Celery is rung and sweeps. The same functions.

Each job is named by a reference and is safe to run twice and beside itself.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from audit.exports import services as exports
from audit.log import partitions
from audit.oversight import retention
from audit.proofs import reconciling, sequencer
from audit.web import checks
from consent.grants import services as grants
from integrations.api import limits
from integrations.connectors import subscriptions
from integrations.deliveries import ending, selectors, sending, sweeping
from integrations.events import selectors as events
from integrations.events import sending as sending_events
from integrations.events import sweeping as sweeping_events
from integrations.intake import inbound
from integrations.oauth import families
from integrations.privacy import copies

log = logging.getLogger(__name__)
REMIND = 60.0  # seconds: how often a stopped sequencer says why while the reason stays the same
_said: dict[str, float] = {}  # in this process: each reason, and when to say it again


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to do: which verb, on what."""

    verb: str
    ref: UUID

    @property
    def long(self) -> bool:
        """Whether it may take longer than a send, and so must not stand in the way of one."""
        return self.verb in LONG

    def run(self) -> None:
        VERBS[self.verb](self.ref)


def _tell(ref: UUID) -> None:
    ending.tell(ref)


VERBS: dict[str, Callable[[UUID], None]] = {
    "deliver": sending.deliver,
    "notify": sending_events.notify,
    "take_in": inbound.work,
    "tell": _tell,
    "copy": copies.make,
    "export": exports.run,
    "verify": checks.run,
}
LONG = frozenset(
    {"copy", "export", "verify"}
)  # minutes or hours at millions of entries; each row says who is at it


def due() -> Iterator[Job]:
    """Yield what can be done now: sends, events, partners' messages, goodbyes, members' copies, checks of the log."""
    yield from (Job("deliver", ref) for ref in selectors.due())
    yield from (Job("notify", ref) for ref in events.due())
    yield from (Job("take_in", ref) for ref in inbound.due())
    yield from (Job("tell", ref) for ref in ending.to_tell())
    yield from (Job("copy", ref) for ref in copies.due())
    yield from (Job("export", ref) for ref in exports.due())
    yield from (Job("verify", ref) for ref in checks.due())


def sweep() -> None:
    """Find what was left lying: lapsed leases, ended grants, links that stand again, grants whose time has run out.

    One part that fails does not keep the others from being swept.
    """
    _each(
        grants.expire,
        sweeping.bring_back_lapsed,
        sweeping.cancel_ended,
        sweeping_events.bring_back_events,
        sweeping_events.end_expired_subscriptions,
        sweeping.wake_linked,
        start_endings,
        subscriptions.ensure,
        copies.let_go,
        families.tidy,
        limits.forget_past,
        exports.expire,
        partitions.prepare_months,
    )


def daily() -> None:
    """Do what is done once a day and may take long: each part knows whether its day is done or under way."""
    _each(reconciling.daily, retention.daily)


def _each(*parts: Callable[[], object]) -> None:
    for part in parts:
        try:
            part()
        except Exception:
            name = getattr(part, "__qualname__", "")
            log.exception("a part of the sweep failed", extra={"kind": f"{part.__module__}.{name}"})


def sequence() -> int:
    """Give the entries that wait their index and publish a checkpoint after each batch; return how many.

    What came meanwhile waits for the next round, so that a busy log has few checkpoints and not one for each entry.
    Raises SequencerStopped. Whoever comes while another is at work has nothing to do.
    """
    done = taken = sequencer.run()
    while taken == sequencer.BATCH:
        taken = sequencer.run()
        done += taken
    return done


def sequence_or_say_why() -> bool:
    """Sequence; say whether the sequencer may go on. Stopped, it tells the log why, loudly, and not at every round."""
    try:
        sequence()
    except sequencer.SequencerStopped as stopped:
        why = str(stopped)
        if time.monotonic() >= _said.get(why, 0.0):
            log.critical("the log's sequencer is stopped: %s", why)
            _said[why] = time.monotonic() + REMIND
        return False
    _said.clear()
    return True


def start_endings() -> int:
    """Begin the end of every link whose grant is over; return how many."""
    found = ending.find_ended()
    for ref in found:
        ending.start(ref)
    return len(found)
