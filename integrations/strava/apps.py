"""Strava takes its place among the partners."""

from integrations.connectors.apps import PartnerApp


class StravaConfig(PartnerApp):
    name = "integrations.strava"
    label = "strava"
    manifest = "integrations.strava.manifest.MANIFEST"
    connector = "integrations.strava.connector.StravaConnector"
