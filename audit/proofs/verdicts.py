"""How the checks of the whole log ended, as the log itself tells it.

Each check is an entry of the kind `audit.verified`, and a row of Verification beside it, which the database's owner
can write at will. The entry is believed, as far as it leads to a signed root. A row that no entry repeats, and an entry
that leads nowhere, are told as what they are: no good news.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery

from audit.log import services as log
from audit.log.chain import leaf_hash
from audit.log.events import Event
from audit.log.models import Entry, Waiting
from audit.proofs import proving
from audit.proofs.errors import LogKeyRefused
from audit.proofs.models import Leaf, Verification

KIND = "audit.verified"
NEAR = 3  # how many are read for the newest: another check may end between two statements
REPEATED = ("at", "size", "root", "ok", "finding", "first_bad")  # by a row and by its entry
NOT_IN_THE_LOG = (
    "This verdict is not in the log: the table of verdicts holds it, but no entry says so. "
    "Somebody wrote it there, or took its entry away."
)
NOT_IN_THE_TREE = (
    "This verdict is not in the log: its entry does not lead to the signed root. "
    "It was changed, or it never went into the tree."
)


class Standing(StrEnum):
    """How a verdict stands in the log."""

    SIGNED = "signed"  # its entry stands under a signed checkpoint
    WAITS = "waits"  # its entry will, in a second or so; or no key is known to tell by
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a check ended. `first_bad` is the first index that the finding concerns; None when all is well, or when it
    concerns no entry in the tree. `witness` says in words whose witness was asked."""

    ok: bool
    size: int
    root: bytes
    first_bad: int | None
    finding: str
    at: datetime
    witness: str
    standing: Standing = Standing.WAITS

    def told(self) -> dict[str, object]:
        """Return the verdict as JSON tells it."""
        return {
            "ok": self.ok,
            "size": self.size,
            "root": self.root.hex(),
            "first_bad": self.first_bad,
            "finding": self.finding,
            "at": self.at.isoformat(timespec="seconds"),
            "witness": self.witness,
        }


@transaction.atomic
def keep(verdict: Verdict, actor: str) -> None:
    """Write a verdict down: the entry, and the row beside it."""
    facts = {name: value for name, value in verdict.told().items() if name != "at"}
    log.append(Event(kind=KIND, actor=actor, subject="", at=verdict.at, facts=facts))
    told = {name: getattr(verdict, name) for name in (*REPEATED, "witness")}
    Verification.objects.create(**told)


def latest() -> Verdict | None:
    """Return the newest verdict; None before the first check. Four statements, however long the log is."""
    return next(iter(newest(NEAR)), None)


def newest(count: int) -> list[Verdict]:
    """Return at most `count` verdicts, newest first. What does not stand in the log is not `ok`, and says why."""
    rows = list(Verification.objects.order_by("-pk")[:count])  # before the entries: each has its own then
    entries = list(_entries()[: count + NEAR])
    told = [_read(entry) for entry in entries]
    good, unsigned = _standing(entries)
    found = [_judged(entry, verdict, good, unsigned) for entry, verdict in zip(entries, told, strict=True)]
    since = min((entry.at for entry in entries), default=None)
    known = [_repeated(verdict) for verdict in told if verdict]
    found += [
        _doubted(_of(row), NOT_IN_THE_LOG)
        for row in rows
        if _repeated(_of(row)) not in known and (since is None or row.at >= since)
    ]
    return sorted(found, key=lambda verdict: verdict.at, reverse=True)[:count]


def _entries() -> Any:
    """Return the checks' entries, newest first, each with its index or whether it waits for one."""
    return (
        Entry.objects.filter(kind=KIND)
        .annotate(
            index=Subquery(Leaf.objects.filter(entry=OuterRef("id")).values("index")[:1]),
            waits=Exists(Waiting.objects.filter(entry=OuterRef("id"))),
        )
        .order_by("-id")
    )


def _standing(entries: list[Any]) -> tuple[set[int], set[int]]:
    """Return the indices that stand under a signed checkpoint, and those of which nobody can say so yet."""
    leaves = {entry.index: leaf_hash(bytes(entry.body)) for entry in entries if entry.index is not None}
    try:
        return proving.standing(leaves)
    except LogKeyRefused:
        return set(), set(leaves)


def _read(entry: Entry) -> Verdict | None:
    """Return what the entry's bytes say; None when they tell of no check."""
    try:
        told: Mapping[str, Any] = json.loads(bytes(entry.body))
        facts = told["facts"]
        verdict = Verdict(
            ok=facts["ok"] is True, size=int(facts["size"]), root=bytes.fromhex(facts["root"]),
            first_bad=None if facts["first_bad"] is None else int(facts["first_bad"]), finding=str(facts["finding"]),
            at=datetime.fromisoformat(told["at"]), witness=str(facts.get("witness", "")),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return verdict if told.get("kind") == KIND else None


def _judged(entry: Any, verdict: Verdict | None, good: set[int], unsigned: set[int]) -> Verdict:
    if verdict and entry.index in good:
        return replace(verdict, standing=Standing.SIGNED)
    if verdict and (entry.index in unsigned or (entry.index is None and entry.waits)):
        return verdict
    nothing = Verdict(ok=False, size=0, root=b"", first_bad=None, finding="", at=entry.at, witness="")
    return replace(_doubted(verdict or nothing, NOT_IN_THE_TREE), first_bad=entry.index)


def _doubted(verdict: Verdict, why: str) -> Verdict:
    return replace(verdict, ok=False, first_bad=None, finding=why, standing=Standing.NOWHERE)


def _of(row: Verification) -> Verdict:
    told = {name: getattr(row, name) for name in (*REPEATED, "witness")}
    return Verdict(**{**told, "root": bytes(row.root)})


def _repeated(verdict: Verdict) -> tuple[Any, ...]:
    return tuple(getattr(verdict, name) for name in REPEATED)
