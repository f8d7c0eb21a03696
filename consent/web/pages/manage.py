"""One partner's page: what moves, each switch, what was agreed to, how to stop, and how far the partner's side is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.grants.facts import EVERYTHING
from consent.grants.models import Grant, Receipt, Toggle
from consent.grants.ports import PartnerSide, Standing
from consent.manifests.shapes import Direction, Flow, Manifest
from consent.web import pictures, words
from consent.web.pages import groups
from consent.web.pages.preview import PreviewPage
from consent.web.pages.receipts import sentences
from consent.web.ways import on_a_phone
from records.vocabulary.registry import KINDS


@dataclass(frozen=True, slots=True)
class Row:
    """One switch as it stands, with what it last did."""

    id: str
    flow: str
    name: str
    hint: str
    on: bool
    public: bool
    reveals: str
    asking: PreviewPage | None = None
    covers: str = ""  # which days a yes to it would cover; of what goes out alone


@dataclass(frozen=True, slots=True)
class Switches:
    """One direction's rows, in the groups of the consent screen."""

    groups: tuple[groups.Group[Row], ...]
    sensitive: tuple[Row, ...]

    @classmethod
    def of(cls, rows: Iterable[Row]) -> "Switches":
        listed = list(rows)
        plain = [row for row in listed if not row.reveals]
        return cls(groups.grouped(plain, _type), tuple(row for row in listed if row.reveals))


@dataclass(frozen=True, slots=True)
class Going:
    """The picture in words: what goes out, what comes in, what is closed each way. "" = there is no such way."""

    out: str
    in_: str
    shut_out: str
    shut_in: str


@dataclass(frozen=True, slots=True)
class Side:
    """What is to be said of the partner's side. `again` offers Try again."""

    heading: str
    words: str
    again: bool


@dataclass(frozen=True, slots=True)
class AgreedTo:
    ref: str
    number: int
    day: str
    words: str


@dataclass(frozen=True, slots=True)
class ManagePage:
    slug: str
    name: str
    initial: str
    live: bool
    since: str
    until: str
    ended: str
    side: Side | None
    told: str
    picture: pictures.Fence
    going: Going
    out: tuple[Row, ...]
    in_: tuple[Row, ...]
    receipts: tuple[AgreedTo, ...]
    retention: str
    stopping: str
    deletion_url: str
    forgets: bool  # what came in goes with the yes
    keeps: bool  # what came in stays with the member
    phone: bool
    more: int  # flows that the partner asks for beyond the yes

    @property
    def outs(self) -> Switches:
        return Switches.of(self.out)

    @property
    def ins(self) -> Switches:
        return Switches.of(self.in_)

    @property
    def out_on(self) -> int:
        return sum(row.on for row in self.out)

    @property
    def in_on(self) -> int:
        return sum(row.on for row in self.in_)


def page(
    manifest: Manifest,
    grant: Grant | None,
    *,
    side: PartnerSide | None,
    last: Mapping[str, datetime],
    receipts: Iterable[Receipt],
    now: datetime,
    asking: Mapping[str, PreviewPage],
    more: int = 0,
) -> ManagePage:
    """Return the page for a partner. `grant` is the member's newest one, live or ended; None = there never was one."""
    live = grant is not None and grant.ended_at is None
    toggles = {toggle.flow: toggle for toggle in grant.toggles.all()} if grant is not None else {}
    rows = {
        flow.key: _row(flow, grant, toggles.get(flow.key), last.get(flow.key), now, asking.get(flow.key))
        for flow in manifest.flows
    }
    out = tuple(rows[flow.key] for flow in manifest.flows if flow.direction is Direction.EXPORT)
    in_ = tuple(rows[flow.key] for flow in manifest.flows if flow.direction is Direction.IMPORT)
    return ManagePage(
        slug=manifest.slug,
        name=manifest.name,
        initial=words.initials(manifest.name),
        live=live,
        since=words.day(grant.granted_at) if grant else "",
        until=words.day(grant.expires_at) if grant else "",
        ended=_ended(manifest, grant),
        side=_side(manifest, side, live),
        told=_told(manifest, side, now),
        picture=pictures.fence(_drawn(out), _drawn(in_)),
        going=_going(out, in_),
        out=out,
        in_=in_,
        receipts=tuple(
            AgreedTo(str(r.ref), r.number, words.day(r.at), said) for r, said in sentences(receipts)
        ),
        retention=manifest.retention,
        stopping=manifest.stopping,
        deletion_url=manifest.deletion_url,
        forgets=manifest.imports_end,
        keeps=bool(in_) and not manifest.imports_end,
        phone=on_a_phone(manifest),
        more=more,
    )


def _row(
    flow: Flow,
    grant: Grant | None,
    toggle: Toggle | None,
    last: datetime | None,
    now: datetime,
    asking: PreviewPage | None,
) -> Row:
    live = grant is not None and grant.ended_at is None
    on = live and toggle is not None and toggle.on
    return Row(
        id=flow.key.replace(":", "-"),
        flow=flow.key,
        name=flow.name,
        hint=_last(flow, toggle, on, last, now),
        on=on,
        public=flow.public,
        reveals=groups.reveals(flow.data_type),
        asking=asking,
        covers=_covers(grant, flow) if grant and asking and flow.direction is Direction.EXPORT else "",
    )


def _covers(grant: Grant, flow: Flow) -> str:
    """A switch that is turned on later covers the days that the yes covers. That is said beforehand."""
    if all(KINDS[kind].standing for kind in flow.fields):
        return _("This covers what is true today, whenever it was written down.")
    if grant.history_from <= EVERYTHING:
        return _("This covers your past too, as you chose when you said yes.")
    return _("This covers your days from %(day)s on.") % {"day": words.day(grant.history_from)}


def _last(flow: Flow, toggle: Toggle | None, on: bool, last: datetime | None, now: datetime) -> str:
    if not on:
        return _("Off since %(day)s") % {"day": words.day(toggle.changed_at)} if toggle else _("Off")
    if last is None:
        return _("Nothing sent yet") if flow.direction is Direction.EXPORT else _("Nothing came in yet")
    told = _("Last sent %(when)s") if flow.direction is Direction.EXPORT else _("Last came in %(when)s")
    return told % {"when": words.when(last, now=now)}


def _drawn(rows: Sequence[Row]) -> list[tuple[str, bool]]:
    """Return the streams of one direction. Of a long list the closed ones are drawn as one."""
    if len(rows) <= groups.MOST:
        return [(words.label(_type(row)), row.on) for row in rows]
    shut = sum(not row.on for row in rows)
    streams = [(words.label(_type(row)), True) for row in rows if row.on]
    if shut:
        streams.append((ngettext("%(count)d closed", "%(count)d closed", shut) % {"count": shut}, False))
    return streams


def _going(out: Sequence[Row], in_: Sequence[Row]) -> Going:
    def named(rows: Sequence[Row], *, on: bool) -> str:
        return words.listed(_type(row) for row in rows if row.on is on) if rows else ""

    return Going(named(out, on=True), named(in_, on=True), named(out, on=False), named(in_, on=False))


def _type(row: Row) -> str:
    return row.flow.partition(":")[2]


def _ended(manifest: Manifest, grant: Grant | None) -> str:
    if grant is None or grant.ended_at is None:
        return ""
    told = {"name": manifest.name, "time": words.clock(grant.ended_at), "day": words.day(grant.ended_at)}
    if grant.status == "expired":
        return _("Your yes to %(name)s ended at %(time)s on %(day)s.") % told
    if grant.status == "revoked":
        return _("The link with %(name)s was ended at %(time)s on %(day)s.") % told
    return _("You stopped sharing with %(name)s. It took effect at %(time)s on %(day)s.") % told


def _side(manifest: Manifest, side: PartnerSide | None, live: bool) -> Side | None:
    if side is None or not live:
        return None
    name = {"name": manifest.name}
    if side.standing is Standing.WAITING:
        text = _("You said yes here. %(name)s has not said yes yet, so nothing moves.") % name
        return Side(_("Waiting for %(name)s") % name, text, again=True)
    if side.standing is Standing.REFUSED:
        text = _("%(name)s did not let us in, so nothing moves. Your choices here are kept.") % name
        return Side(_("%(name)s said no") % name, text, again=True)
    if side.standing is Standing.PARTIAL:
        closed = words.listed(flow.partition(":")[2] for flow in sorted(side.uncovered))
        text = _("You turned these on, but %(name)s did not agree: %(types)s. They do not move.")
        return Side(_("%(name)s agreed to less") % name, text % {**name, "types": closed}, again=True)
    if side.standing is Standing.BROKEN:
        text = _("%(name)s no longer lets us in, so nothing moves.") % name
        return Side(_("The link with %(name)s is broken") % name, text, again=True)
    return None


def _told(manifest: Manifest, side: PartnerSide | None, now: datetime) -> str:
    """Return how far the goodbye is, once the member has stopped."""
    name = {"name": manifest.name}
    if side is None:
        return ""
    if side.standing is Standing.ENDING:
        return _("We stopped sending. %(name)s has not answered yet; we will keep trying.") % name
    if side.standing is Standing.ENDED and side.told_at is not None:
        return _("%(name)s was told %(when)s.") % {**name, "when": words.when(side.told_at, now=now)}
    return ""
