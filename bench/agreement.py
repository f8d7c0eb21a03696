"""G2: generated decisions beside a second gate, written from the design alone, and beside the Cedar engine.

The draw, the reference and the way Cedar is asked are those of the tests (`tests/consent/gate/`); here all 100,000 are
asked, on every core. What the gate shares with them is the vocabulary and the manifests, and no line of deciding.
"""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from multiprocessing import get_context
from typing import Any, NamedTuple

import cedarpy  # type: ignore[import-untyped, unused-ignore]

from bench.goals import Goal
from consent.gate.decide import decide
from consent.gate.policy import Policy
from consent.gate.questions import cedar
from consent.gate.shapes import Decision, Reason, Request, Snapshot
from consent.manifests.register import manifests
from tests.consent.gate import generated
from tests.consent.gate.oracle import reference
from tests.consent.gate.oracle.asking import cedar_request
from tests.consent.manifests.partners import ALL

COUNT, PARTS = 100_000, 50  # a part is one draw of its own, so that any core can take the next
Decider = Callable[[Request, Snapshot, Policy], Decision]


class Held(NamedTuple):
    """One part's answers: how many of the gate's were others than the reference's, and than Cedar's."""

    asked: int
    permits: int
    reasons: frozenset[str]
    not_as_reference: int
    not_as_cedar: int


def goals() -> Iterator[Goal]:
    if Policy.of(manifests()).digest != _policy().digest:
        raise RuntimeError("The bench measures the wrong thing: these are not the partners of the register.")
    began = time.perf_counter()
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as workers:
        parts = list(workers.map(partial(held, count=COUNT // PARTS), range(PARTS)))
    asked, permits = sum(each.asked for each in parts), sum(each.permits for each in parts)
    reasons = frozenset[str]().union(*(each.reasons for each in parts))
    if asked != COUNT or reasons != {reason.value for reason in Reason if reason is not Reason.ERROR}:
        raise RuntimeError("The bench measures the wrong thing: the draw does not reach every reason.")
    told = (
        f"of {asked:,} generated decisions ({permits:,} permits, all {len(reasons)} reasons; "
        f"{time.perf_counter() - began:.0f} s)"
    )
    yield _none(f"{told} other than the reference's, in reason or in released fields",
                sum(each.not_as_reference for each in parts))  # fmt: skip
    yield _none(f"of the same {asked:,} other than Cedar's, which answers yes or no",
                sum(each.not_as_cedar for each in parts))  # fmt: skip


def held(seed: int, count: int, answer: Decider = decide) -> Held:
    """Draw that many requests, ask all three, and count where the gate stands alone. Cedar in error is no agreement."""
    policy, engine, world = _policy(), *_cedar()
    asked = list(generated.many(count, policy, seed=seed))
    decisions = [answer(*each, policy) for each in asked]
    expected = [reference.answer(*each, ALL) for each in asked]
    allowed = _allowed(cedarpy.is_authorized_batch([cedar_request(*each) for each in asked], engine, world))
    return Held(
        asked=len(asked),
        permits=sum(each.permit for each in decisions),
        reasons=frozenset(reason for reason, _ in expected),
        not_as_reference=sum(
            (ours.reason.value, ours.fields) != theirs
            for ours, theirs in zip(decisions, expected, strict=True)
        ),
        not_as_cedar=sum(ours.permit is not theirs for ours, theirs in zip(decisions, allowed, strict=True)),
    )


def _allowed(answers: Iterable[Any]) -> Iterator[bool | None]:
    return (None if each.diagnostics.errors else each.allowed for each in answers)


@cache
def _policy() -> Policy:
    return Policy.of(ALL.values())


@cache
def _cedar() -> tuple[Any, Any]:
    """Return the policies that are generated from the manifests, and the data types' categories, both parsed."""
    engine = cedarpy.PolicySet.from_str(cedar.policies(_policy()))
    return engine, cedarpy.Entities.from_json_str(json.dumps(cedar.entities()))


def _none(sentence: str, found: int) -> Goal:
    return Goal("G2", sentence, found, 0, at_most=True, unit="")
