"""G1's tail: what each of many different decisions costs, and what a busy machine adds to single calls.

The snapshots are loaded and each flow was asked about once: its first permit builds the mask of its fields, which G3
has in it. Nothing is turned off for the measurement; the collector of garbage runs as it does in service.
"""

import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple, cast

from bench.decision import NOON, a_snapshot
from bench.goals import Goal
from consent.gate.decide import decide_loaded, load
from consent.gate.policy import Policy
from consent.gate.shapes import Decision, Reason, Request, Snapshot
from consent.grants.facts import GrantFacts
from consent.grants.lifecycle import Status
from consent.manifests.register import manifests
from consent.manifests.shapes import Direction

ROUNDS = 101
CEDARS_OWN = 11e-6  # seconds that Cedar's engine takes to evaluate, without its Python binding
OF_A_DOCUMENT = {  # what a flow asked about alone cannot be refused for
    Reason.SOURCE_NOT_ALLOWED, Reason.NOT_CURRENT_DAY, Reason.BEFORE_CONSENT, Reason.ORIGIN_NOT_ALLOWED,
    Reason.WOMENS_HEALTH_ENTRY, Reason.NOTHING_TO_RELEASE,
}  # fmt: skip
Decide = Callable[[], Decision]


class Timed(NamedTuple):
    """In seconds, sorted: `least` the quietest call of each request, `rounds` the single calls of each round."""

    least: list[float]
    rounds: list[list[float]]


def goals() -> Iterator[Goal]:
    """Yield the tail of the requests' own costs, and that of single calls; all of the requests are in each."""
    works = list(_works(Policy.of(manifests())))
    answers = [work() for work in works]
    permits, reasons = sum(each.permit for each in answers), {each.reason for each in answers}
    if {*Reason} - reasons != {Reason.ERROR, Reason.UNKNOWN_PARTNER} | OF_A_DOCUMENT:
        raise RuntimeError("The bench measures the wrong thing: an answer is missing among the requests.")
    timed = each_call(works, rounds=ROUNDS)
    p99, p50 = at(timed.least, 0.99), at(timed.least, 0.5)
    yield Goal(
        "G1", f"p99 ({p99 * 1e6:.2f} us) against p50 ({p50 * 1e6:.2f} us) of {len(works):,} different requests "
        f"({permits} permits, {len(reasons)} reasons), each by the quietest of its {ROUNDS} calls", p99 / p50, 5, True,
    )  # fmt: skip
    noisy = sorted(at(taken, 0.99) / at(taken, 0.5) for taken in timed.rounds)
    yield Goal(
        "G1", f"the same of single calls by the wall clock, the quietest of {ROUNDS} rounds (with what else this "
        f"machine does: {at(noisy, 0.5):.2f} in the middle one, {noisy[-1]:.2f} in the loudest)", noisy[0], 5, True,
    )  # fmt: skip
    yield Goal("G1", "p50 against Cedar's own evaluation, 11 us", p50 / CEDARS_OWN, 1, True)


def each_call(works: Sequence[Decide], *, rounds: int) -> Timed:
    """Time every single call, all works in turn, round after round; the clock's own cost is taken off."""
    clock, found = time.perf_counter_ns, []
    for _ in range(rounds):
        taken = []
        for work in works:
            began = clock()
            work()
            taken.append(clock() - began)
        found.append(taken)
    empty = -max(clock() - clock() for _ in range(10_000))
    least = sorted((min(each) - empty) / 1e9 for each in zip(*found, strict=True))
    return Timed(least, [sorted((each - empty) / 1e9 for each in taken) for taken in found])


def at(taken: Sequence[float], share: float) -> float:
    """Return the value below which this share of sorted values lies."""
    return taken[min(int(len(taken) * share), len(taken) - 1)] if share != 0.5 else statistics.median(taken)


def _works(policy: Policy) -> Iterator[Decide]:
    """Yield each partner's every direction and data type with all and with half on, and its flows in other states."""
    for manifest in policy.manifests.values():
        flows = [flow.key for flow in manifest.flows]
        whole = [(way, name) for way in Direction for name in [*policy.data_types, "unheard_of"]]
        declared = [(flow.direction, flow.data_type) for flow in manifest.flows]
        for snapshot in (a_snapshot(*flows), a_snapshot(*flows[::2])):
            yield from _asking(manifest.slug, whole, snapshot, policy)
        for snapshot in _other_states(flows):
            yield from _asking(manifest.slug, declared, snapshot, policy)


def _asking(
    partner: str, asked: Iterable[tuple[Direction, str]], snapshot: Snapshot, policy: Policy
) -> Iterator[Decide]:
    loaded = load(partner, snapshot, policy)
    for way, name in asked:
        yield partial(decide_loaded, Request(partner, way, name, NOON), loaded, policy)


def _other_states(flows: Sequence[str]) -> Iterator[Snapshot]:
    told = a_snapshot(*flows)
    grant = cast("GrantFacts", told.grant)
    yield told
    yield replace(told, grant=None)
    yield replace(told, partner_status="suspended")
    yield replace(told, member=replace(told.member, membership="lapsed"))
    yield replace(told, member=replace(told.member, region="FI"))
    for status in Status:
        yield replace(told, grant=replace(grant, status=status))
    changes: tuple[dict[str, Any], ...] = (
        {"expires_at": NOON}, {"granted_at": NOON + timedelta(seconds=1)}, {"partner_changed": True},
        {"noticed": frozenset()}, {"on": {}}, {"device_off": frozenset(flows)},
    )  # fmt: skip
    for changed in changes:
        yield replace(told, grant=replace(grant, **changed))
