"""Asking the gate what a set of switches would have let through on the member's last full day."""

from collections.abc import Collection
from zoneinfo import ZoneInfo

from consent.gate import door
from consent.grants import clock
from consent.manifests.shapes import Manifest
from consent.web import selectors
from consent.web.pages import preview
from records.members.models import Member


def preview_of(
    member: Member, manifest: Manifest, flows: frozenset[str], *, only: Collection[str] | None = None
) -> preview.PreviewPage:
    """Return the preview for these switches of a partner, told of `only` some. No disclosure; it leaves no entry."""
    now = clock.now()
    day = selectors.last_full_day(member, now=now)
    shown = door.preview(member=member, partner=manifest.slug, flows=flows, day=day) if flows else ()
    today = now.astimezone(ZoneInfo(member.timezone)).date()
    return preview.page(manifest, shown, day=day, today=today, only=only)
