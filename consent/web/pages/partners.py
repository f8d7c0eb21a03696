"""The page of partners: who gets what, since when, until when. Frozen, ready to be drawn."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from consent.grants.models import Grant
from consent.manifests.shapes import Direction, Manifest
from consent.web import pictures, words


@dataclass(frozen=True, slots=True)
class Connected:
    slug: str
    name: str
    initial: str
    since: str
    ends: str
    they_get: str
    you_get: str
    waiting: bool  # the partner has not agreed: nothing moves yet


@dataclass(frozen=True, slots=True)
class Open:
    """A partner that gets nothing, and could be asked for."""

    slug: str
    name: str
    initial: str
    summary: str


@dataclass(frozen=True, slots=True)
class Without:
    """A partner that has no connection at all, with the honest answer. `content_url` is the same for everyone."""

    slug: str
    name: str
    initial: str
    sentences: str
    content_url: str


@dataclass(frozen=True, slots=True)
class PartnersPage:
    connected: tuple[Connected, ...]
    open: tuple[Open, ...]
    direct: tuple[Without, ...]
    going_out: int
    coming_in: int
    ring: pictures.Ring


@dataclass(frozen=True, slots=True)
class StopRow:
    slug: str
    name: str
    carries: str


def page(manifests: Iterable[Manifest], grants: Iterable[Grant], waiting: Collection[str]) -> PartnersPage:
    """Return the page for the listed partners and the member's live grants, with their toggles read.

    `waiting` are the partners that have not let us in (yet, or any more). The member's own program is not a partner.
    """
    known = {manifest.slug: manifest for manifest in manifests if manifest.listed}
    live = [grant for grant in grants if grant.partner in known]
    ways = {grant.partner: (_on(grant, Direction.EXPORT), _on(grant, Direction.IMPORT)) for grant in live}
    others = [manifest for slug, manifest in known.items() if slug not in ways]
    return PartnersPage(
        connected=tuple(
            _connected(grant, known[grant.partner], *ways[grant.partner], grant.partner in waiting)
            for grant in live
        ),
        open=tuple(Open(m.slug, m.name, words.initials(m.name), m.summary) for m in others if m.flows),
        direct=tuple(_without(m) for m in others if not m.flows),
        going_out=sum(len(out) for out, __ in ways.values()),
        coming_in=sum(len(in_) for __, in_ in ways.values()),
        ring=pictures.ring([(known[slug].name, bool(out), bool(in_)) for slug, (out, in_) in ways.items()]),
    )


def stop_rows(manifests: Iterable[Manifest], grants: Iterable[Grant]) -> tuple[StopRow, ...]:
    """Return one row per connected partner, for the page that stops them."""
    names = {manifest.slug: manifest.name for manifest in manifests}
    return tuple(
        StopRow(grant.partner, names.get(grant.partner, grant.partner), carries(grant)) for grant in grants
    )


def carries(grant: Grant) -> str:
    """Return "Gets 2 types, sends 1 type"."""
    out, in_ = len(_on(grant, Direction.EXPORT)), len(_on(grant, Direction.IMPORT))
    return _("Gets %(out)s, sends %(in)s") % {"out": words.types(out), "in": words.types(in_)}


def _without(manifest: Manifest) -> Without:
    name = manifest.name
    return Without(manifest.slug, name, words.initials(name), manifest.no_connection, manifest.content_url)


def _connected(grant: Grant, manifest: Manifest, out: list[str], in_: list[str], waiting: bool) -> Connected:
    return Connected(
        slug=manifest.slug,
        name=manifest.name,
        initial=words.initials(manifest.name),
        since=words.day(grant.granted_at),
        ends=words.day(grant.expires_at),
        they_get=words.listed(out),
        you_get=words.listed(in_),
        waiting=waiting,
    )


def _on(grant: Grant, direction: Direction) -> list[str]:
    flows = [toggle.flow.partition(":") for toggle in grant.toggles.all() if toggle.on]
    return [data_type for way, __, data_type in flows if way == direction]
