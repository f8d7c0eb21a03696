"""Where partners call us: their handshake answered, their messages written down within two seconds, nothing believed.

No session, no cookie, no CSRF token: a partner is no browser. Whatever comes, the answer is plain and short.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from consent.grants import clock
from integrations.connectors import registry, subscriptions
from integrations.connectors.port import Connector, Notice
from integrations.intake import services

LARGEST = 64 * 1024
LONGEST_CHALLENGE = 256


@csrf_exempt
@require_http_methods(["GET", "POST"])
def webhook(request: HttpRequest, partner: str) -> HttpResponse:
    """Answer a partner's handshake (GET) or take its message (POST)."""
    connector = registry.find(partner)
    if connector is None:
        return _plain("There is no such partner.", 404)
    if request.method == "GET":
        return _handshake(request, partner)
    return _message(request, connector)


def _handshake(request: HttpRequest, partner: str) -> HttpResponse:
    challenge = request.GET.get("hub.challenge", "")
    if not challenge or len(challenge) > LONGEST_CHALLENGE:
        return _plain("A handshake brings hub.mode, hub.challenge and hub.verify_token.", 400)
    mode, token = request.GET.get("hub.mode", ""), request.GET.get("hub.verify_token", "")
    if not subscriptions.handshake(partner, mode=mode, token=token):
        return _plain("We did not ask for this subscription.", 403)
    return JsonResponse({"hub.challenge": challenge})


def _message(request: HttpRequest, connector: Connector) -> HttpResponse:
    body = _body(request)
    if body is None:
        return _plain(f"A message is at most {LARGEST} bytes.", 413)
    subscription = subscriptions.subscription_of(connector.slug)
    if not subscription:
        return _plain("We have no subscription that this could belong to.", 403)
    notice = _notice(connector, body, request, subscription)
    if notice is None:
        return _plain("This is no message of our subscription. Nothing was stored.", 400)
    services.note(connector.slug, notice)
    return _plain("Thank you.", 200)


def _notice(connector: Connector, body: bytes, request: HttpRequest, subscription: str) -> Notice | None:
    """Let the partner's connector read the message; what it stumbles over is no message."""
    try:
        return connector.notice_of(
            body=body, headers=request.headers, subscription=subscription, at=clock.now()
        )
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError):
        return None


def _body(request: HttpRequest) -> bytes | None:
    try:
        body = request.read(LARGEST + 1)
    except UnreadablePostError:
        return None
    return body if len(body) <= LARGEST else None


def _plain(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
