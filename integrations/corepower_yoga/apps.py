"""CorePower Yoga takes its place among the partners."""

from integrations.connectors.apps import PartnerApp


class CorePowerYogaConfig(PartnerApp):
    name = "integrations.corepower_yoga"
    label = "corepower_yoga"
    manifest = "integrations.corepower_yoga.manifest.MANIFEST"
