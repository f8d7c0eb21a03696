"""The Sculpt Society takes its place among the partners."""

from integrations.connectors.apps import PartnerApp


class TheSculptSocietyConfig(PartnerApp):
    name = "integrations.the_sculpt_society"
    label = "the_sculpt_society"
    manifest = "integrations.the_sculpt_society.manifest.MANIFEST"
