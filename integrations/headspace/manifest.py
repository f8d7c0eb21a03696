"""Headspace: its sessions come in as content, and nothing of a member goes out. Pure.

Which session to suggest is computed here, from daytime stress. The link is the same for everyone, everywhere: a link
that opens only on a stressful day would itself say that the day was stressful (facts of 2026-11-20).
"""

from consent.manifests.shapes import Manifest

MANIFEST = Manifest(
    slug="headspace",
    name="Headspace",
    legal_entity="Headspace Inc.",
    country="United States",
    summary="Headspace gets nothing from us. We pick which session to show you here, and the link is the same for all.",
    no_connection=(
        "Nothing leaves. Headspace sends us its sessions, and we pick here which one to show you. "
        "The link is the same for everyone, so opening it tells Headspace nothing about your day."
    ),
    how_often="Never",
    privacy_url="https://www.headspace.com/privacy-policy",
    deletion_url="https://www.headspace.com/privacy-policy",
    retention="Headspace has nothing of yours from us.",
    stopping="There is nothing to stop: nothing moves.",
    content_url="https://www.headspace.com/",
    flows=(),
)
