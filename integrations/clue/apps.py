"""Clue takes its place among the partners, with the honest answer: no direct connection."""

from integrations.connectors.apps import PartnerApp


class ClueConfig(PartnerApp):
    name = "integrations.clue"
    label = "clue"
    manifest = "integrations.clue.manifest.MANIFEST"
