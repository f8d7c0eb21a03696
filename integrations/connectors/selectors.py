"""Reading connections: which one belongs to a grant, which flows it covers."""

from uuid import UUID

from consent.grants.models import Grant
from consent.manifests.register import manifest_of
from integrations.connectors import registry
from integrations.connectors.models import Connection, Status


def connection_of(grant_ref: UUID) -> Connection | None:
    return Connection.objects.filter(grant_ref=grant_ref).first()


def flows_on(grant: Grant) -> frozenset[str]:
    """Return the flows that are switched on."""
    return frozenset(grant.toggles.filter(on=True).values_list("flow", flat=True))


def scopes_of(partner: str, flows: frozenset[str]) -> frozenset[str]:
    """Return the partner's scopes that some flows need; none when the partner needs no link."""
    connector = registry.find(partner)
    return frozenset().union(*(connector.scopes(flow) for flow in flows)) if connector else frozenset()


def covered_flows(connection: Connection) -> frozenset[str]:
    """Return the flows that the partner really lets us carry: those whose scopes it granted, while the link is open."""
    manifest, connector = manifest_of(connection.partner), registry.find(connection.partner)
    if manifest is None or connector is None or connection.status != Status.OPEN:
        return frozenset()
    granted = frozenset(connection.granted)
    return frozenset(flow.key for flow in manifest.flows if connector.scopes(flow.key) <= granted)
