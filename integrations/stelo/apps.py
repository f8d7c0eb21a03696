"""Stelo by Dexcom takes its place among the partners."""

from integrations.connectors.apps import PartnerApp


class SteloConfig(PartnerApp):
    name = "integrations.stelo"
    label = "stelo"
    manifest = "integrations.stelo.manifest.MANIFEST"
