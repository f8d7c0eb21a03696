"""One entry: its story in words, the machine's facts, the bytes that were hashed, and where it stands in the tree."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from audit import ports
from audit.log.models import Entry
from audit.proofs.models import Checkpoint
from audit.web import reading, stories, words
from audit.web.checking import Step
from audit.web.looking import Names
from audit.web.pages.records import Row, row

LINKED = ("entry", "viewed", "checked", "proved")  # facts that name another entry


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    value: str
    entry: str = ""  # the entry that the value refers to


@dataclass(frozen=True, slots=True)
class EntryPage:
    row: Row
    story: str
    why: str
    actor: str
    legal: str
    types: str
    kind: str
    facts: tuple[Fact, ...]
    bytes: str
    leaf: str
    size: str
    root: str
    related: tuple[Row, ...]
    more: bool
    steps: tuple[Step, ...] = ()

    @property
    def checked(self) -> bool:
        return bool(self.steps)

    @property
    def sound(self) -> bool:
        return bool(self.steps) and all(step.ok for step in self.steps)


def page(
    entry: Entry,
    *,
    index: int | None,
    checkpoint: Checkpoint | None,
    related: tuple[Row, ...],
    more: bool,
    known: Names,
    steps: tuple[Step, ...] = (),
) -> EntryPage:
    """Return the page of one entry."""
    recipient = known.recipients.get(entry.partner)
    what = words.listed(entry.types, known.data_types)
    covered = checkpoint is not None and index is not None and index < checkpoint.size
    return EntryPage(
        row=row(entry, index=index, recipients=known.recipients, data_types=known.data_types),
        story=stories.story(
            entry,
            partner=recipient.name if recipient else entry.partner,
            what=words.spoken(entry.types, known.data_types),
        ),
        why=stories.why(entry, ports.catalogue().sentence),
        actor=stories.actor(reading.told(entry)),
        legal=", ".join(filter(None, (recipient.legal_entity, recipient.country))) if recipient else "",
        types=what,
        kind=entry.kind,
        facts=tuple(_fact(name, value) for name, value in sorted(reading.facts(entry).items())),
        bytes=bytes(entry.body).decode("utf-8", errors="replace"),
        leaf=words.grouped(bytes(entry.leaf)),
        size=words.number(checkpoint.size) if checkpoint and covered else "",
        root=words.grouped(bytes(checkpoint.root)) if checkpoint and covered else "",
        related=related,
        more=more,
        steps=steps,
    )


def _fact(name: str, value: Any) -> Fact:
    return Fact(name, words.told(value), entry=value if name in LINKED and _is_a_ref(value) else "")


def _is_a_ref(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(UUID(value))
    except ValueError:
        return False
