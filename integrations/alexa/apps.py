"""Amazon Alexa+ takes its place among the partners."""

from integrations.connectors.apps import PartnerApp


class AlexaConfig(PartnerApp):
    name = "integrations.alexa"
    label = "alexa"
    manifest = "integrations.alexa.manifest.MANIFEST"
