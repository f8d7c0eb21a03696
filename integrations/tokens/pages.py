"""What the page of a member's own programs shows: their keys, and what these open. Frozen, ready to be drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from consent.grants import clock, selectors
from consent.grants.models import Grant
from consent.grants.partners import manifest_today
from consent.manifests.ceilings import OWN_PROGRAM
from consent.manifests.shapes import Manifest
from consent.web import selectors as web
from consent.web import words
from consent.web.pages import manage
from consent.web.pages.manage import ManagePage
from consent.web.pages.preview import PreviewPage
from integrations.tokens import uses
from integrations.tokens.bearers import ref_of
from integrations.tokens.models import PersonalToken
from integrations.tokens.selectors import living
from integrations.tokens.services import LONGEST_NOTE, TERM
from records.members.models import Member


@dataclass(frozen=True, slots=True)
class Key:
    ref: UUID
    note: str
    made: str
    used: str
    ends: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A sentence, and the field it is about."""

    text: str
    target: str


@dataclass(frozen=True, slots=True)
class ProgramsPage:
    """`switches` is the page of the one yes that all keys share. `again`: the member has just proved who they are."""

    keys: tuple[Key, ...]
    switches: ManagePage
    until: str
    longest: int
    note: str = ""
    problems: tuple[Problem, ...] = ()
    again: bool = False

    @property
    def opens(self) -> bool:
        """Whether a key opens anything at all."""
        return self.switches.live and self.switches.out_on > 0


def own_program() -> Manifest:
    """Return the manifest of the member's own program, which is in code."""
    manifest = manifest_today(OWN_PROGRAM)
    if manifest is None:
        raise RuntimeError("integrations.own_program is not installed.")
    return manifest


def page(
    member: Member,
    *,
    note: str = "",
    problem: str = "",
    again: bool = False,
    asking: Mapping[str, PreviewPage] | None = None,
) -> ProgramsPage:
    """Return the page of one member, in their own time zone."""
    now = clock.now()
    return ProgramsPage(
        keys=_keys(member, now),
        switches=_switches(member, now, asking or {}),
        until=words.day(now + TERM),
        longest=LONGEST_NOTE,
        note=note,
        problems=(Problem(problem, "note"),) if problem else (),
        again=again,
    )


def _keys(member: Member, now: datetime) -> tuple[Key, ...]:
    tokens = list(living(member, at=now))
    used = uses.last_used(ref_of(token) for token in tokens)
    return tuple(_key(token, used.get(ref_of(token)), now) for token in tokens)


def _key(token: PersonalToken, used: datetime | None, now: datetime) -> Key:
    told = _("Last used %(when)s.") % {"when": words.when(used, now=now)} if used else _("Not used yet.")
    return Key(
        ref=token.id,
        note=token.note,
        made=_("Made on %(day)s.") % {"day": words.day(token.made_at)},
        used=told,
        ends=_("Ends on %(day)s.") % {"day": words.day(token.ends_at)},
    )


def _switches(member: Member, now: datetime, asking: Mapping[str, PreviewPage]) -> ManagePage:
    grant: Grant | None = selectors.latest_grant(member, OWN_PROGRAM)
    return manage.page(
        own_program(),
        grant,
        side=None,
        last=web.last_moved(member, OWN_PROGRAM),
        receipts=web.receipts_for(member, OWN_PROGRAM),
        now=now,
        asking=asking,
    )
