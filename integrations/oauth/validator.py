"""What oauthlib asks of us at authorize and token: who the client is, what it may ask, what its code or token is worth.

The toolkit's validator, with what it leaves open closed: exact redirect addresses, replayed codes, reused refresh
tokens, an absolute end, and every token bound to a live grant. The token endpoint calls it inside one transaction, in
which the family's row is locked before anything is judged (SR-2.17).
"""

import hmac
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from oauth2_provider.models import set_token_value
from oauth2_provider.oauth2_validators import OAuth2Validator

from consent.grants.lifecycle import PartnerStatus
from consent.grants.models import Partner
from consent.grants.partners import manifest_today
from integrations.oauth import families
from integrations.oauth.approved import usable
from integrations.oauth.bearer import checksum
from integrations.oauth.families import Why
from integrations.oauth.models import AccessToken, Application, Code, RefreshToken, TokenFamily, UsedCode
from integrations.oauth.scopes import asked_for, within


class Validator(OAuth2Validator):
    """The methods' names and signatures are oauthlib's. `request` is its own; what we found is kept on it."""

    # Who asks

    def _load_application(self, client_id: str, request: Any) -> Application | None:
        if isinstance(request.client, Application) and request.client.client_id == client_id:
            return request.client
        found = Application.objects.filter(client_id=client_id).first() if client_id else None
        if found is None or not served(found.partner):
            return None
        request.client = found
        return found

    def client_authentication_required(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        return True

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """The endpoint has checked the secret before its transaction began (`integrations.oauth.clients`)."""
        told = request.extra_credentials or {}
        application = told.get("application")
        if not isinstance(application, Application):
            return False
        request.at, request.extra_credentials = told["at"], {}  # oauthlib would put them into its answer
        request.client, request.client_id = application, application.client_id
        return True

    def authenticate_client_id(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        return False  # every application has a secret

    # What it may ask

    def validate_redirect_uri(
        self, client_id: str, redirect_uri: str, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Exact match, and nothing else (SR-2.4): no other port, no longer path, no capital letter."""
        return redirect_uri in request.client.redirect_uris.split()

    def is_pkce_required(self, client_id: str, request: Any) -> bool:
        return not request.client.pkce_exempt

    def validate_scopes(
        self, client_id: str, scopes: list[str], client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Keep what the application may have and ignore the rest; nothing left is `invalid_scope` (SR-2.5)."""
        request.scopes = list(asked_for(" ".join(scopes), approved=usable(client))) if scopes else []
        return bool(request.scopes)

    # What a code is worth

    def validate_code(
        self, client_id: str, code: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        at, hashed = _at(request), checksum(code)
        family = _locked_by_code(hashed, client)
        if family is None:
            return False
        row = Code.objects.filter(code=hashed, family=family).first()
        if row is None:  # redeemed before, perhaps by somebody who should not have it
            families.end(family, Why.CODE_REPLAYED, at=at)
            return False
        if row.expires <= at or not families.alive(family, at=at):
            return False
        if not row.code_challenge and request.code_verifier:
            return False  # somebody took the challenge out on the way (RFC 9700, 4.8)
        request.family, request.code_row = family, row
        request.user, request.scopes = row.user, row.scope.split()
        return True

    def get_code_challenge(self, code: str, request: Any) -> str | None:
        return request.code_row.code_challenge or None

    def get_code_challenge_method(self, code: str, request: Any) -> str | None:
        return request.code_row.code_challenge_method or None

    def confirm_redirect_uri(
        self,
        client_id: str,
        code: str,
        redirect_uri: str,
        client: Any,
        request: Any,
        *args: Any,
        **kwargs: Any,
    ) -> bool:
        """The address of the authorization request, sent again where it was sent there (RFC 6749, 4.1.3)."""
        row = request.code_row
        if request.using_default_redirect_uri and row.redirect_was_sent:
            return False
        return hmac.compare_digest(redirect_uri.encode(), row.redirect_uri.encode())

    def invalidate_authorization_code(
        self, client_id: str, code: str, request: Any, *args: Any, **kwargs: Any
    ) -> None:
        request.code_row.delete()
        UsedCode.objects.create(code=checksum(code), family=request.family, used_at=_at(request))

    # What a refresh token is worth

    def validate_refresh_token(
        self, refresh_token: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        at, hashed = _at(request), checksum(refresh_token)
        found = RefreshToken.objects.filter(token_checksum=hashed, application=client)
        family_id = found.values_list("family_id", flat=True).first()
        family = families.locked(family_id) if family_id else None
        row = found.first() if family else None
        if family is None or row is None:
            return False
        if row.revoked is not None:
            families.end(family, Why.REFRESH_REUSED, at=at)
            return False
        idle = timedelta(seconds=settings.OAUTH_REFRESH_IDLE_SECONDS)
        if row.created + idle <= at or not families.alive(family, at=at):
            return False
        request.family, request.refresh_row, request.user = family, row, row.user
        if (
            request.scope
        ):  # it can only narrow; what does not exist is ignored, and nothing left is `invalid_scope`
            known = asked_for(request.scope, approved=family.scope.split())
            request.scope = " ".join(known) or request.scope
        return True

    def get_original_scopes(self, refresh_token: str, request: Any, *args: Any, **kwargs: Any) -> str:
        return str(request.family.scope)

    def is_within_original_scope(
        self, request_scopes: list[str], refresh_token: str, request: Any, *a: Any, **k: Any
    ) -> bool:
        return within(request_scopes, request.family.scope.split())

    # What is given

    def save_bearer_token(self, token: dict[str, Any], request: Any, *args: Any, **kwargs: Any) -> None:
        """Keep the hashes of a new pair, and end the pair it replaces. `token` is what the client is answered."""
        at, before = _at(request), getattr(request, "refresh_row", None)
        if before is not None:
            AccessToken.objects.filter(pk=before.access_token_id).delete()
            before.revoked, before.access_token = at, None
            before.save(update_fields=["revoked", "access_token", "updated"])
        keep_pair(request.family, token, user=request.user, scope=token.get("scope", ""), at=at)

    def revoke_token(self, token: str, token_type_hint: str, request: Any, *args: Any, **kwargs: Any) -> None:
        """Not reached: revocation is a view of ours, with its three shapes."""

    def validate_bearer_token(self, token: str, scopes_: Any, request: Any) -> bool:
        return False  # `integrations.oauth.bearer` is the one door for tokens


def keep_pair(family: TokenFamily, token: dict[str, Any], *, user: Any, scope: str, at: datetime) -> None:
    """Keep the hashes of an access and a refresh token of a locked family; no token outlives its family."""
    application = family.application
    expires = min(at + timedelta(seconds=application.access_seconds), family.ends_at)
    token["expires_in"] = int((expires - at).total_seconds())
    access = AccessToken(
        user=user,
        application=application,
        expires=expires,
        scope=scope,
        family=family,
        consent_grant_id=family.consent_grant_id,
        grant_epoch=family.grant_epoch,
    )
    set_token_value(access, token["access_token"])
    access.save()
    refresh = RefreshToken(
        user=user, application=application, access_token=access, token_family=family.pk, family=family
    )
    set_token_value(refresh, token["refresh_token"])
    refresh.save()


def served(partner: str) -> bool:
    """Whether a partner is known and not suspended."""
    suspended = Partner.objects.filter(slug=partner, status=PartnerStatus.SUSPENDED).exists()
    return not suspended and manifest_today(partner) is not None


def _locked_by_code(hashed: str, client: Application) -> TokenFamily | None:
    waiting = Code.objects.filter(code=hashed, application=client).values_list("family_id", flat=True)
    used = UsedCode.objects.filter(code=hashed, family__application=client).values_list(
        "family_id", flat=True
    )
    family_id: UUID | None = waiting.first() or used.first()
    return families.locked(family_id) if family_id else None


def _at(request: Any) -> datetime:
    moment: datetime = request.at
    return moment
