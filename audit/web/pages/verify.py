"""The page of proof: the log's state, what was checked before, the signed checkpoint, and how an outsider checks."""

from collections.abc import Sequence
from dataclasses import dataclass

from audit.proofs.models import Checkpoint
from audit.proofs.verdicts import Standing, Verdict
from audit.web import words
from audit.web.models import Check
from audit.web.pages.seal import Seal


@dataclass(frozen=True, slots=True)
class Past:
    """One line of the history of checks."""

    time: str
    moment: str
    ok: bool
    known: bool  # to the log
    size: str
    root: str
    finding: str
    bad: str
    witness: str


@dataclass(frozen=True, slots=True)
class Progress:
    done: str
    size: str
    part: int  # of 100


@dataclass(frozen=True, slots=True)
class VerifyPage:
    seal: Seal
    progress: Progress | None
    history: tuple[Past, ...]
    note: str
    signed: str
    size: str
    vkey: str
    origin: str
    witness: str
    problem: str = ""


def past(kept: Verdict) -> Past:
    return Past(
        time=words.moment(kept.at),
        moment=kept.at.isoformat(),
        ok=kept.ok,
        known=kept.standing is not Standing.NOWHERE,
        size=words.number(kept.size),
        root=words.grouped(kept.root, first=8),
        finding=kept.finding,
        bad="" if kept.first_bad is None else str(kept.first_bad),
        witness=kept.witness,
    )


def progress(check: Check | None) -> Progress | None:
    """Return how far the check under way is; None when there is none."""
    if check is None:
        return None
    part = 100 * check.done // check.size if check.size else 0
    return Progress(words.number(check.done), words.number(check.size), min(part, 100))


def page(
    *,
    seal: Seal,
    check: Check | None,
    history: Sequence[Verdict],
    checkpoint: Checkpoint | None,
    vkey: str,
    origin: str,
    witness: str,
    problem: str = "",
) -> VerifyPage:
    return VerifyPage(
        seal=seal,
        progress=progress(check),
        history=tuple(past(each) for each in history),
        note=checkpoint.note if checkpoint else "",
        signed=words.moment(checkpoint.at) if checkpoint else "",
        size=words.number(checkpoint.size) if checkpoint else "",
        vkey=vkey,
        origin=origin,
        witness=witness,
        problem=problem,
    )
