"""The proof: every case of the finite space is decided, and every named invariant is held against the answer.

`prove` walks flow by flow in as many processes as there are processors, stops at the first case that breaks, and leaves
a certificate: how many cases, what held, and the digests of the policy and of the code that answered.
"""

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from consent.gate.decide import decide as the_gate
from consent.gate.policy import Policy
from consent.gate.proof import space
from consent.gate.proof.certificate import Proof, Violation
from consent.gate.proof.invariants import without_words
from consent.gate.proof.space import Subject
from consent.gate.proof.walking import Decider, Walk
from consent.gate.shapes import Reason

Say = Callable[[str], object]


def prove(
    policy: Policy,
    *,
    out: Say = print,
    certificate: Path | str | None = None,
    thinned: bool = False,
    decide: Decider = the_gate,
    jobs: int | None = None,
) -> Proof:
    """Walk the whole space, or a thinned one, telling `out` how it goes. It holds when the answer has no violation.

    Writes the certificate to that path when all holds. `decide` is the gate; tests plant faulty ones.
    """
    found = Proof(policy.digest)
    found.checked["every_reason_has_its_words"] = len(Reason)
    if wordless := without_words():
        found.violation = Violation("every_reason_has_its_words", {"reason": wordless[0]}, wordless[0], "")
    else:
        walks = [Walk(subject, policy, decide, thinned) for subject in space.subjects(policy)]
        _add_all(found, walks, out, jobs or os.cpu_count() or 1)
    out(
        f"{found.cases:,} cases, {found.permits:,} of them permitted, {int(bool(found.violation))} violations."
    )
    if found.violation is not None:
        out(found.violation.as_json())
    elif certificate is not None:
        found.write(certificate)
    return found


def _add_all(found: Proof, walks: list[Walk], out: Say, jobs: int) -> None:
    left = Counter(walk.subject.partner for walk in walks)
    for subject, part in _proofs(walks, jobs):
        found.add(part)
        left[subject.partner] -= 1
        if not left[subject.partner]:
            out(f"{subject.partner}: done, {found.cases:,} cases so far.")
        if found.violation is not None:
            return


_walking: list[
    list[Walk]
] = []  # what the processes inherit: a policy holds compiled code, which no pipe carries


def _proofs(walks: list[Walk], jobs: int) -> Iterator[tuple[Subject, Proof]]:
    if jobs == 1:
        yield from ((walk.subject, walk.proof()) for walk in walks)
        return
    _walking.append(walks)
    try:
        with multiprocessing.get_context("fork").Pool(jobs) as pool:
            for number, part in pool.imap_unordered(_proof_of, range(len(walks))):
                yield walks[number].subject, part
    finally:
        _walking.pop()


def _proof_of(number: int) -> tuple[int, Proof]:
    return number, _walking[-1][number].proof()
