"""The consent screen: drawn from the notice and from nothing else, every switch off, in the order of UX section 3."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from consent.grants.models import Notice
from consent.manifests.shapes import Direction, Manifest
from consent.web import words
from consent.web.pages import groups
from consent.web.pages.preview import PreviewPage
from consent.web.ways import Way, not_offered, on_a_phone


@dataclass(frozen=True, slots=True)
class Switch:
    """One flow's row. `on` is what the member posted: after an error, or after signing in again; else off."""

    id: str
    flow: str
    name: str
    hint: str
    why: str
    public: bool
    on: bool
    reveals: str
    partly: bool  # a part of it moves already, under an earlier yes

    @property
    def data_type(self) -> str:
        return self.flow.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Section:
    """One direction's switches. Sensitive types stand in their own group, which no "All" covers (UX section 3.4)."""

    direction: str
    groups: tuple[groups.Group[Switch], ...]
    sensitive: tuple[Switch, ...]

    @property
    def plain(self) -> tuple[Switch, ...]:
        return tuple(switch for group in self.groups for switch in group.rows)

    @property
    def first(self) -> str:
        return next((switch.id for switch in (*self.plain, *self.sensitive)), "")

    @property
    def every(self) -> bool:
        """Whether the section is long enough for an All and a None of its own."""
        return len(self.plain) + len(self.sensitive) > groups.MOST


@dataclass(frozen=True, slots=True)
class ConsentPage:
    slug: str
    name: str
    initial: str
    heading: str
    who: str
    how_often: str
    until: str
    not_for: str
    onward: str
    privacy_url: str
    notice: str
    out: Section
    in_: Section
    never: tuple[str, ...]
    preview: PreviewPage
    live: bool
    way: Way
    elsewhere: str  # where the partner is offered, when the member lives elsewhere
    phone: bool
    more: bool  # only what the partner asks for beyond the member's yes
    problem: str = ""
    resumed: bool = False
    every_at: str = ""  # where All and None are posted to, when the question was opened by a partner

    @property
    def asks(self) -> bool:
        """Whether there is a choice to make here."""
        return self.way is Way.HERE

    @property
    def first(self) -> str:
        """What the problem's link leads to: the first switch, or what to do instead."""
        return (self.out.first or self.in_.first) if self.asks else "instead"


def page(
    manifest: Manifest,
    notice: Notice,
    *,
    preview: PreviewPage,
    until: datetime,
    way: Way,
    on: Collection[str] = (),
    live: bool = False,
    more: frozenset[str] = frozenset(),
    agreed: Collection[str] = (),
    problem: str = "",
    resumed: bool = False,
    every_at: str = "",
) -> ConsentPage:
    """Return the screen for a notice. `live`: the member shares with this partner now, and agreed to `agreed`.

    `more`: show these flows alone, as a new question.
    """
    told = notice.document
    rows = [flow for flow in told["flows"] if not more or flow["flow"] in more]
    heading = _("Share more with %(name)s?") % {"name": told["name"]} if more else told["heading"]
    return ConsentPage(
        slug=notice.partner,
        name=told["name"],
        initial=words.initials(told["name"]),
        heading=heading,
        who=f"{told['legal_entity']}, {told['country']}",
        how_often=told["how_often"],
        until=_("Until %(day)s, or when you stop it") % {"day": words.day(until)}
        if way is Way.HERE
        else _("12 months, or until you stop it"),
        not_for=told["not_for"],
        onward=", ".join(told["onward_recipients"]),
        privacy_url=told["privacy_url"],
        notice=notice.digest,
        out=_section(rows, Direction.EXPORT, on, agreed if more else ()),
        in_=_section(rows, Direction.IMPORT, on, agreed if more else ()),
        never=tuple(told["never"]),
        preview=preview,
        live=live,
        way=way,
        elsewhere=not_offered(manifest) if way is Way.NOT_OFFERED else "",
        phone=on_a_phone(manifest),
        more=bool(more),
        problem=problem,
        resumed=resumed,
        every_at=every_at,
    )


def every(notice: Notice, pressed: str, on: Collection[str], *, more: frozenset[str]) -> frozenset[str]:
    """Return the switches after All ("export:on") or None ("export:off") of one section. Nothing else changes.

    No other direction, no sensitive type, and nothing for a section that has no such buttons (UX section 3.4).
    """
    direction, __, state = pressed.partition(":")
    rows = [flow for flow in notice.document["flows"] if not more or flow["flow"] in more]
    section = _section(rows, direction, on, ())
    if not section.every or state not in {"on", "off"}:
        return frozenset(on)
    covered = {switch.flow for switch in section.plain}
    return frozenset(on) | covered if state == "on" else frozenset(on) - covered


def _section(
    rows: Collection[Mapping[str, Any]], direction: str, on: Collection[str], agreed: Collection[str]
) -> Section:
    mine = [flow for flow in rows if flow["direction"] == direction]
    plain = [_switch(flow, on, agreed) for flow in mine if not flow["sensitive"]]
    return Section(
        direction=str(direction),
        groups=groups.grouped(plain, lambda switch: switch.data_type),
        sensitive=tuple(_switch(flow, on, agreed) for flow in mine if flow["sensitive"]),
    )


def _switch(flow: Mapping[str, Any], on: Collection[str], agreed: Collection[str]) -> Switch:
    return Switch(
        id=flow["flow"].replace(":", "-"),
        flow=flow["flow"],
        name=flow["name"],
        hint=flow["hint"],
        why=flow["why"],
        public=flow["public"],
        on=flow["flow"] in on,
        reveals=groups.reveals(flow["data_type"]) if flow["sensitive"] else "",
        partly=flow["flow"] in agreed,
    )


@dataclass(frozen=True, slots=True)
class HonestPage:
    """A partner without a connection: what is true instead. `content_url` is the same for everyone."""

    slug: str
    name: str
    initial: str
    sentences: str
    retention: str
    content_url: str
    privacy_url: str


def honest(manifest: Manifest) -> HonestPage:
    """Return what is said of a partner that asks for nothing."""
    return HonestPage(
        slug=manifest.slug,
        name=manifest.name,
        initial=words.initials(manifest.name),
        sentences=manifest.no_connection,
        retention=manifest.retention,
        content_url=manifest.content_url,
        privacy_url=manifest.privacy_url,
    )
