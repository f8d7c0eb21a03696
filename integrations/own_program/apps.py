"""The member's own program takes its place among the recipients."""

from integrations.connectors.apps import PartnerApp


class OwnProgramConfig(PartnerApp):
    name = "integrations.own_program"
    label = "own_program"
    manifest = "integrations.own_program.manifest.MANIFEST"
