"""Giving a token back, in the three shapes that clients use, and asking what one's own token is worth."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from consent.grants import clock
from integrations.oauth import clients, families
from integrations.oauth.answers import kept_by_nobody, not_allowed, refused
from integrations.oauth.bearer import Bearer, checksum, find, keeper_of, token_of
from integrations.oauth.clients import Problem
from integrations.oauth.families import Why
from integrations.oauth.models import AccessToken, Application, RefreshToken
from records.members.pairwise import pairwise

NO_TOKEN = Problem("invalid_request", "Say which token: as `token` in the body, or as Bearer.")


@csrf_exempt
@sensitive_post_parameters()
@sensitive_variables()
def revoke(request: HttpRequest) -> HttpResponse:
    """End the family of a token: RFC 7009 with the client's credentials, or by an access token or a key itself.

    `?access_token=` is the one place where a token may stand in the address: old clients know no other way (SR-2.14).
    An unknown token, or another partner's, is answered the same and changes nothing.
    """
    if request.method != "POST":
        return not_allowed("POST")
    if set(request.GET) - {"access_token"} or len(request.GET.getlist("access_token")) > 1:
        return refused(clients.IN_THE_ADDRESS)
    form = clients.form_of(request)
    if isinstance(form, Problem):
        return refused(form)
    if "token" not in form:
        itself = request.GET.get("access_token") or token_of(request)
        if not itself:
            return refused(NO_TOKEN)
        _end(itself, None)
        return kept_by_nobody({})
    if problem := (clients.IN_THE_ADDRESS if request.GET else clients.readable(request)):
        return refused(problem)
    application = clients.authenticated(request, at=clock.now())
    if isinstance(application, Problem):
        return refused(application)
    _end(str(form["token"]), application)
    return kept_by_nobody({})


@csrf_exempt
@sensitive_post_parameters()
@sensitive_variables()
def introspect(request: HttpRequest) -> HttpResponse:
    """Tell a partner what a token of its own is worth (RFC 7662); of any other, that it is not active (SR-2.11)."""
    if request.method != "POST":
        return not_allowed("POST")
    if problem := clients.readable(request):
        return refused(problem)
    at = clock.now()
    application = clients.authenticated(request, at=at)
    if isinstance(application, Problem):
        return refused(application)
    found = find(request.POST.get("token", ""), at=at)
    if not isinstance(found, Bearer) or found.application_ref is None or found.partner != application.partner:
        return kept_by_nobody({"active": False})
    return kept_by_nobody(_told(found))


def _told(found: Bearer) -> dict[str, Any]:
    """`sub` is this partner's own id of the member, of no use to another (SR-2.13)."""
    row = AccessToken.objects.select_related("family__application").get(
        pk=int(found.token_ref.partition(":")[2])
    )
    return {
        "active": True,
        "scope": row.scope,
        "client_id": row.family.application.client_id,
        "token_type": "Bearer",
        "exp": int(row.expires.timestamp()),
        "iat": int(row.created.timestamp()),
        "sub": str(pairwise(found.member_id, recipient=found.partner, about="member")),
    }


def _end(token: str, application: Application | None) -> None:
    """End the family of a token. An application ends its own only; without one, a token speaks for itself."""
    if application is None and (keeper := keeper_of(token)):
        keeper.end(token)
        return
    hashed = checksum(token.encode(errors="replace").decode())
    access = AccessToken.objects.filter(token_checksum=hashed)
    refresh = RefreshToken.objects.filter(token_checksum=hashed)
    if application is not None:
        access, refresh = access.filter(application=application), refresh.filter(application=application)
    found = access.values_list("family_id", flat=True).first()
    if found is None and application is not None:
        found = refresh.values_list("family_id", flat=True).first()
    if found is None:
        return
    with transaction.atomic():
        family = families.locked(found)
        if family is not None:
            families.end(family, Why.REVOKED, at=clock.now())
