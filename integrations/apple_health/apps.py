"""Apple Health takes its place among the partners."""

from integrations.connectors.apps import PartnerApp


class AppleHealthConfig(PartnerApp):
    name = "integrations.apple_health"
    label = "apple_health"
    manifest = "integrations.apple_health.manifest.MANIFEST"
