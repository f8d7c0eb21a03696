"""Health Connect takes its place among the partners."""

from integrations.connectors.apps import PartnerApp


class HealthConnectConfig(PartnerApp):
    name = "integrations.health_connect"
    label = "health_connect"
    manifest = "integrations.health_connect.manifest.MANIFEST"
