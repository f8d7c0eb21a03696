"""The token endpoint: a code or a refresh token becomes a pair of tokens, in one transaction, or nothing does."""

import json
from datetime import datetime
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from consent.grants import clock
from integrations.oauth import clients
from integrations.oauth.answers import SENTENCES, kept_by_nobody, not_allowed, refused
from integrations.oauth.clients import Problem
from integrations.oauth.models import Application
from integrations.oauth.server import server

GRANT_TYPES = ("authorization_code", "refresh_token")
CREDENTIALS = frozenset({"client_id", "client_secret"})


@csrf_exempt
@sensitive_post_parameters()
def token(request: HttpRequest) -> HttpResponse:
    """POST only; the client proves itself in the body or by Basic (RFC 6749, 3.2). No cookie counts here."""
    if request.method != "POST":
        return not_allowed("POST")
    if problem := clients.readable(request):
        return refused(problem)
    at = clock.now()
    application = clients.authenticated(request, at=at)
    if isinstance(application, Problem):
        return refused(application)
    if request.POST.get("grant_type") not in GRANT_TYPES:
        return refused(Problem("unsupported_grant_type", SENTENCES["unsupported_grant_type"]))
    answered = _exchanged(request, application, at)
    if isinstance(answered, Problem):
        clients.failed(application, request, at=at)
        return refused(answered)
    return kept_by_nobody(answered)


@sensitive_variables()
def _exchanged(request: HttpRequest, application: Application, at: datetime) -> dict[str, object] | Problem:
    """Let oauthlib judge and our validator keep. A refusal commits too: it may have ended a family (SR-2.8)."""
    sent = {name: value for name, value in request.POST.items() if value and name not in CREDENTIALS}
    with transaction.atomic():
        _, body, status = server().create_token_response(
            "/oauth/token",
            http_method="POST",
            body=urlencode({**sent, "client_id": application.client_id}),
            headers={},
            credentials={"application": application, "at": at},
        )
    told = json.loads(body)
    if status == 200:
        return dict(told)
    error = str(told.get("error", "invalid_request"))
    if error == "invalid_request" and "redirect" in str(told.get("error_description", "")).lower():
        error = "invalid_redirect_uri"
    described = SENTENCES.get(error) or SENTENCES["invalid_request"]
    if error == "invalid_request":
        described = str(told.get("error_description") or described)
    return Problem(error, described, 400)
