"""From the log's entries to disclosures: one for each delivery or answer, and whether a yes stood behind it. Pure.

A delivery that may have arrived and is then delivered is one disclosure, made when it may first have arrived. A yes
stands behind it if, when it was decided, the member's last word on that grant in the log had its flows on.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One entry that tells of something going out. `ref` is the same for all entries of one delivery.

    `decided_at` is the time of the gate's decision that it names, or its own when it names none.
    """

    at: datetime
    decided_at: datetime
    ref: str
    subject: str
    partner: str
    grant: str
    types: tuple[str, ...]
    arrived: bool  # False: it may have


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was on after one change of a grant, as the log tells it; nothing once it ended."""

    at: datetime
    grant: str
    partner: str
    on: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """A release that arrived, or may have."""

    at: datetime
    partner: str
    types: tuple[str, ...]
    arrived: bool
    authorised: bool


class Choices:
    """What the member had switched on at any moment, grant by grant."""

    def __init__(self, found: Iterable[Choice]) -> None:
        self._of: dict[str, list[Choice]] = {}
        for choice in sorted(found, key=lambda each: each.at):
            self._of.setdefault(choice.grant, []).append(choice)

    def allowed(self, outgoing: Outgoing) -> bool:
        """Whether the log holds a yes to every flow of this, in force when it was decided."""
        choices = self._of.get(outgoing.grant, [])
        before = bisect_right(choices, outgoing.decided_at, key=lambda each: each.at)
        flows = {f"export:{each}" for each in outgoing.types}
        return before > 0 and bool(flows) and flows <= choices[before - 1].on

    def open_now(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Yield each partner with the types that are on as of the log's last word."""
        for choices in self._of.values():
            types = frozenset(flow.partition(":")[2] for flow in choices[-1].on if flow.startswith("export:"))
            if types:
                yield choices[-1].partner, types


def merged(entries: Iterable[Outgoing], choices: Choices) -> list[Disclosure]:
    """Return the disclosures that these entries tell of, in the order of time."""
    found: dict[str, Disclosure] = {}
    for entry in entries:
        allowed = choices.allowed(entry)
        known = found.get(entry.ref)
        if known is None:
            found[entry.ref] = Disclosure(
                at=entry.at,
                partner=entry.partner,
                types=entry.types,
                arrived=entry.arrived,
                authorised=allowed,
            )
        else:
            found[entry.ref] = replace(
                known,
                at=min(known.at, entry.at),
                arrived=known.arrived or entry.arrived,
                authorised=known.authorised and allowed,
            )
    return sorted(found.values(), key=lambda each: (each.at, each.partner, each.types))
