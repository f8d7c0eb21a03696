"""The consent screen: drawn from the notice and from nothing else, every switch off, in the order of UX section 3."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from consent.grants.models import Notice
from consent.manifests.shapes import Direction
from consent.web import words
from consent.web.pages.preview import PreviewPage


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


@dataclass(frozen=True, slots=True)
class Section:
    """One direction's switches. Sensitive types stand in their own group."""

    switches: tuple[Switch, ...]
    sensitive: tuple[Switch, ...]

    @property
    def first(self) -> str:
        return next((switch.id for switch in (*self.switches, *self.sensitive)), "")


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
    problem: str = ""
    resumed: bool = False

    @property
    def first(self) -> str:
        """The switch that the problem's link leads to."""
        return self.out.first or self.in_.first


def page(
    notice: Notice,
    *,
    preview: PreviewPage,
    until: datetime,
    on: Collection[str] = (),
    live: bool = False,
    problem: str = "",
    resumed: bool = False,
) -> ConsentPage:
    """Return the screen for a notice. `live` says that the member shares with this partner now."""
    told = notice.document
    return ConsentPage(
        slug=notice.partner,
        name=told["name"],
        initial=told["name"][:1],
        heading=told["heading"],
        who=f"{told['legal_entity']}, {told['country']}",
        how_often=told["how_often"],
        until=_("Until %(day)s, or when you stop it") % {"day": words.day(until)},
        not_for=told["not_for"],
        onward=", ".join(told["onward_recipients"]),
        privacy_url=told["privacy_url"],
        notice=notice.digest,
        out=_section(told, Direction.EXPORT, on),
        in_=_section(told, Direction.IMPORT, on),
        never=tuple(told["never"]),
        preview=preview,
        live=live,
        problem=problem,
        resumed=resumed,
    )


def _section(told: Mapping[str, Any], direction: Direction, on: Collection[str]) -> Section:
    rows = [flow for flow in told["flows"] if flow["direction"] == direction]
    return Section(
        switches=tuple(_switch(flow, on) for flow in rows if not flow["sensitive"]),
        sensitive=tuple(_switch(flow, on) for flow in rows if flow["sensitive"]),
    )


def _switch(flow: Mapping[str, Any], on: Collection[str]) -> Switch:
    return Switch(
        id=flow["flow"].replace(":", "-"),
        flow=flow["flow"],
        name=flow["name"],
        hint=flow["hint"],
        why=flow["why"],
        public=flow["public"],
        on=flow["flow"] in on,
    )
