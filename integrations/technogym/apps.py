"""Technogym takes its place among the partners."""

from integrations.connectors.apps import PartnerApp


class TechnogymConfig(PartnerApp):
    name = "integrations.technogym"
    label = "technogym"
    manifest = "integrations.technogym.manifest.MANIFEST"
