"""Authlib goes the whole way: from the question with PKCE to a revoked token, over real HTTP (SR-2.4, SR-2.8, SR-2.11).

The member answers with the form that the page holds, as a browser does; nothing but addresses is configured.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc6749.errors import MissingCodeException
from authlib.oauth2.rfc6749.parameters import parse_authorization_code_response

from tests.clients.conftest import Worn
from tests.factories import PASSWORD
from tests.support.program import CALLBACK, back, form_of, programs

SLEEP = "/v2/usercollection/daily_sleep"


@dataclass
class Browser:
    """A member's browser: keeps cookies, says where it is, and posts the forms it is shown."""

    at: str
    member_email: str

    def __post_init__(self) -> None:
        self.http = requests.Session()

    def sign_in(self) -> None:
        where = f"{self.at}/accounts/login/"
        form = form_of(self.http.get(where, timeout=30).text)
        answer = self.posted(where, {**form, "login": self.member_email, "password": PASSWORD})
        assert answer.url != where, "the member is signed in"

    def answer(self, question: str, *, on: tuple[str, ...], decision: str = "allow") -> str:
        """Answer a partner's question and return the address that the page leads back to."""
        page = self.http.get(question, timeout=30)
        assert page.status_code == 200
        assert "no-store" in page.headers["Cache-Control"]
        action = re.search(r'<form[^>]*action="([^"]*authorize[^"]*)"', page.text)
        where = urljoin(page.url, action[1]) if action else f"{self.at}/oauth/authorize"
        answer = self.posted(where, {**form_of(page.text), "flow": list(on), "decision": decision})
        assert answer.status_code == 200, answer.text
        return back(answer)[0]

    def posted(self, where: str, form: dict) -> requests.Response:
        return self.http.post(where, form, headers={"Origin": self.at, "Referer": where}, timeout=30)


@pytest.fixture
def tab(live_server, lately: Worn) -> Browser:
    tab = Browser(live_server.url, lately.member.email)
    tab.sign_in()
    return tab


@pytest.fixture(params=["client_secret_post", "client_secret_basic"])
def sahha(request: pytest.FixtureRequest, live_server) -> OAuth2Session:
    """The demo world's program, written with Authlib; what it must know it reads from the server's metadata."""
    told = programs()["sahha"]
    found = requests.get(f"{live_server.url}/.well-known/oauth-authorization-server", timeout=30).json()
    assert request.param in found["token_endpoint_auth_methods_supported"]
    return OAuth2Session(
        told["client_id"],
        told["client_secret"],
        token_endpoint_auth_method=request.param,
        revocation_endpoint_auth_method=request.param,
        redirect_uri=CALLBACK,
        scope="daily heartrate",
        code_challenge_method=found["code_challenge_methods_supported"][0],
        default_timeout=30,
    )


def allowed(sahha: OAuth2Session, tab: Browser, *, on: tuple[str, ...] = ("export:sleep_score",)) -> dict:
    """Ask, let the member allow, and redeem the code. Returns the tokens; the session holds them from then on."""
    verifier = generate_token(48)
    question, state = sahha.create_authorization_url(f"{tab.at}/oauth/authorize", code_verifier=verifier)
    assert "code_challenge_method=S256" in question
    came_back = tab.answer(question, on=on)
    return sahha.fetch_token(
        f"{tab.at}/oauth/token", authorization_response=came_back, state=state, code_verifier=verifier
    )


def asked(at: str, token: str) -> int:
    return requests.get(f"{at}{SLEEP}", headers={"Authorization": f"Bearer {token}"}, timeout=30).status_code


def test_from_the_question_to_the_revoked_token(sahha: OAuth2Session, tab: Browser):
    first = allowed(sahha, tab)
    assert first["token_type"].lower() == "bearer"
    read = sahha.get(f"{tab.at}{SLEEP}")
    assert read.status_code == 200
    assert read.json()["data"]
    assert {document.get("contributors") == {} for document in read.json()["data"]} == {True}
    assert sahha.get(f"{tab.at}/v2/usercollection/heartrate").status_code == 401  # its toggle stayed off

    second = sahha.refresh_token(f"{tab.at}/oauth/token", refresh_token=first["refresh_token"])
    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] != first["refresh_token"]
    assert asked(tab.at, second["access_token"]) == 200

    revoked = sahha.revoke_token(
        f"{tab.at}/oauth/revoke", token=second["refresh_token"], token_type_hint="refresh_token"
    )
    assert revoked.status_code == 200
    for token in (first["access_token"], second["access_token"]):
        assert asked(tab.at, token) == 401
    with pytest.raises(OAuthError, match="invalid_grant"):
        sahha.refresh_token(f"{tab.at}/oauth/token", refresh_token=second["refresh_token"])


def test_a_refresh_token_that_is_used_again_ends_the_family(sahha: OAuth2Session, tab: Browser):
    # SR-2.8
    first = allowed(sahha, tab)
    second = sahha.refresh_token(f"{tab.at}/oauth/token", refresh_token=first["refresh_token"])
    with pytest.raises(OAuthError, match="invalid_grant"):
        sahha.refresh_token(f"{tab.at}/oauth/token", refresh_token=first["refresh_token"])
    assert asked(tab.at, second["access_token"]) == 401


def test_a_member_who_says_no_is_an_error_with_the_state_and_no_code(sahha: OAuth2Session, tab: Browser):
    question, state = sahha.create_authorization_url(
        f"{tab.at}/oauth/authorize", code_verifier=generate_token(48)
    )
    came_back = tab.answer(question, on=(), decision="not_now")
    told = parse_qs(urlsplit(came_back).query)
    assert told["error"] == ["access_denied"]
    assert told["state"] == [state]
    with pytest.raises(MissingCodeException):
        parse_authorization_code_response(came_back, state=state)


def test_a_code_without_its_verifier_is_worth_nothing(sahha: OAuth2Session, tab: Browser):
    # SR-2.4
    verifier = generate_token(48)
    question, state = sahha.create_authorization_url(f"{tab.at}/oauth/authorize", code_verifier=verifier)
    came_back = tab.answer(question, on=("export:sleep_score",))
    with pytest.raises(OAuthError, match="invalid_grant"):
        sahha.fetch_token(
            f"{tab.at}/oauth/token",
            authorization_response=came_back,
            state=state,
            code_verifier=generate_token(48),
        )
