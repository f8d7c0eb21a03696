"""Flo takes its place among the partners, with the honest answer: no direct connection."""

from integrations.connectors.apps import PartnerApp


class FloConfig(PartnerApp):
    name = "integrations.flo"
    label = "flo"
    manifest = "integrations.flo.manifest.MANIFEST"
