"""The register of connectors, by the partner's slug. Partner apps fill it when Django starts."""

from integrations.connectors.port import Connector

_connectors: dict[str, Connector] = {}


class NoConnector(LookupError):
    """A partner has no connector: nothing can be pushed to it or fetched from it."""

    def __init__(self, partner: str) -> None:
        super().__init__(f"No connector is registered for {partner}. Name it in the partner's `apps.py`.")
        self.partner = partner


def register(connector: Connector) -> None:
    _connectors[connector.slug] = connector


def find(partner: str) -> Connector | None:
    """Return the partner's connector, or None when it needs none."""
    return _connectors.get(partner)


def connector_of(partner: str) -> Connector:
    """Return the partner's connector. Raises NoConnector."""
    if (connector := _connectors.get(partner)) is None:
        raise NoConnector(partner)
    return connector


def connectors() -> tuple[Connector, ...]:
    """Return every registered connector, by slug."""
    return tuple(_connectors[slug] for slug in sorted(_connectors))
