"""Which scopes and which proof an application may use, for the toolkit (SR-2.3, SR-2.5)."""

from typing import Any

from oauth2_provider.scopes import BaseScopes

from consent.grants.partners import manifest_today
from integrations.oauth import scopes
from integrations.oauth.models import Application


class ApprovedScopes(BaseScopes):
    """Gives each application what its review approved and its partner's manifest declares."""

    def get_all_scopes(self) -> dict[str, str]:
        return {scope: scope for scope in (*scopes.SCOPES, scopes.TEMPERATURE)}

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **_: Any
    ) -> list[str]:
        return [name for scope in usable(application) for name in scopes.spellings(scope)]

    def get_default_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **_: Any
    ) -> list[str]:
        """A request that names no scope asks for all that its application may have."""
        return list(usable(application))


def usable(application: Application) -> tuple[str, ...]:
    """Return the approved scopes that open at least one flow of the partner's manifest."""
    manifest = manifest_today(application.partner)
    if manifest is None:
        return ()
    approved = scopes.asked_for("", approved=application.approved)
    return tuple(scope for scope in approved if scopes.flows_of([scope], manifest))


def pkce_required(client_id: str) -> bool:
    """Whether a client has to send a challenge: all but those whose reviewers recorded an exemption."""
    return not Application.objects.filter(client_id=client_id, pkce_exempt=True).exists()
