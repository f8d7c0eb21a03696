"""Natural Cycles takes its place among the partners."""

from integrations.connectors.apps import PartnerApp


class NaturalCyclesConfig(PartnerApp):
    name = "integrations.natural_cycles"
    label = "natural_cycles"
    manifest = "integrations.natural_cycles.manifest.MANIFEST"
