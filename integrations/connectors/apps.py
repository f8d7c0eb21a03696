"""The app of what all partners share, and the base of each partner's own app."""

from typing import Any, ClassVar

from django.apps import AppConfig
from django.utils.module_loading import import_string

from consent.manifests import register


class ConnectorsConfig(AppConfig):
    name = "integrations.connectors"
    label = "connectors"
    default = True


class PartnerApp(AppConfig):
    """One partner: names its manifest and, where something is pushed or fetched, its connector's class.

    A partner that reads our API, or that has no connection at all, names its manifest only.

    class StravaApp(PartnerApp):
        name = "integrations.strava"
        manifest = "integrations.strava.manifest.MANIFEST"
        connector = "integrations.strava.connector.StravaConnector"
    """

    default = False
    manifest: ClassVar[str]
    connector: ClassVar[str | None] = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.default = True  # so that Django picks the subclass, not the base it finds beside it

    def ready(self) -> None:
        """Register both. A manifest that promises too much does not load: `manage.py check` says why."""
        from integrations.connectors import registry

        taken = register.offer(import_string(self.manifest))
        if taken and self.connector is not None:
            registry.register(import_string(self.connector)())
