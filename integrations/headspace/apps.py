"""Headspace takes its place among the partners: its sessions come in as content, nothing goes out."""

from integrations.connectors.apps import PartnerApp


class HeadspaceConfig(PartnerApp):
    name = "integrations.headspace"
    label = "headspace"
    manifest = "integrations.headspace.manifest.MANIFEST"
