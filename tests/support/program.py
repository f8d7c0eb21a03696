"""A partner's program as a plain HTTP client: it sends its member to authorize, and spends what it gets back."""

import base64
import hashlib
import html
import re
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.test import Client

from consent.grants import clock
from integrations.oauth import demo
from integrations.oauth.models import Application
from records.members.models import Member

CALLBACK = demo.CALLBACK
FORM = "application/x-www-form-urlencoded"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def programs() -> dict[str, dict[str, Any]]:
    """Return the demo world's two programs, as `demo --credentials` prints them."""
    return demo.shown(at=clock.now())


def application(client_id: str = "sahha") -> Application:
    return Application.objects.get(client_id=client_id)


def browser_of(member: Member) -> Client:
    """A browser in which the member is signed in."""
    client = Client()
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


@dataclass
class Program:
    """One program with its credentials. Requests go in over the test client, without a cookie."""

    client_id: str
    secret: str
    pkce: bool = True
    http: Client = field(default_factory=Client)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @classmethod
    def of_demo(cls, client_id: str = "sahha") -> "Program":
        told = programs()[client_id]
        return cls(told["client_id"], told["client_secret"], told["pkce_required"])

    def address(self, scope: str | None = "daily", *, state: str = "a-state", **more: str) -> str:
        sent = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "state": state,
        }
        if scope is not None:
            sent["scope"] = scope
        if self.pkce:
            digest = hashlib.sha256(self.verifier.encode()).digest()
            sent |= {
                "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
                "code_challenge_method": "S256",
            }
        merged = {name: value for name, value in {**sent, **more}.items() if value is not None}
        return f"/oauth/authorize?{urlencode(merged)}"

    def token(self, **sent: str) -> Any:
        return self.post("/oauth/token", client_id=self.client_id, client_secret=self.secret, **sent)

    def post(self, where: str, headers: dict[str, str] | None = None, /, **sent: str) -> Any:
        return self.http.post(where, urlencode(sent), content_type=FORM, headers=headers)

    def redeem(self, code: str, **more: str) -> Any:
        sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        if self.pkce:
            sent["code_verifier"] = self.verifier
        return self.token(**{**sent, **more})

    def refresh(self, refresh_token: str, **more: str) -> Any:
        return self.token(grant_type="refresh_token", refresh_token=refresh_token, **more)

    def basic(self) -> dict[str, str]:
        told = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        return {"Authorization": f"Basic {told}"}

    def pair(
        self,
        browser: Client,
        *,
        scope: str = "daily",
        on: tuple[str, ...] = ("export:sleep_score",),
        **more: str,
    ) -> dict[str, Any]:
        """Go the whole way: the member allows, the code is redeemed. Returns the token answer."""
        answer = self.redeem(code_of(answered(browser, self.address(scope), on=on, **more)))
        assert answer.status_code == 200, answer.content
        return dict(answer.json())


def form_of(page: str) -> dict[str, str]:
    """Return the hidden fields of the question's form."""
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    }


def answered(
    browser: Client, address: str, *, on: tuple[str, ...] = (), decision: str = "allow", **more: str
) -> Any:
    """Open the question and answer it with these switches on. Returns the answer to the form."""
    opened = browser.get(address)
    assert opened.status_code == 200, opened.content
    sent = {**form_of(opened.content.decode()), "flow": list(on), "decision": decision, **more}
    return browser.post("/oauth/authorize", sent)


def back(answer: Any) -> tuple[str, dict[str, str]]:
    """Return where a continue page leads, and with which parameters."""
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', answer.content.decode())
    assert found is not None, answer.content
    address = html.unescape(found[1])
    return address, {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def code_of(answer: Any) -> str:
    return back(answer)[1]["code"]
