"""Open takes its place among the partners."""

from integrations.connectors.apps import PartnerApp


class OpenConfig(PartnerApp):
    name = "integrations.open"
    label = "open"
    manifest = "integrations.open.manifest.MANIFEST"
