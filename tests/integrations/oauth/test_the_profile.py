"""The profile of RFC 9700 as a whole: every gate on, nothing mounted but ours, and what clients can read."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import get_resolver
from oauth2_provider.settings import DEFAULTS, oauth2_settings

from consent.grants import clock
from consent.grants.models import Grant
from integrations.oauth import credentials, services
from integrations.oauth.bearer import Bearer, find
from integrations.oauth.errors import RedirectRefused
from integrations.oauth.models import Application, ApplicationSecret
from integrations.oauth.views.metadata import issuer
from tests.factories import make_member
from tests.support.program import CALLBACK, Program


def test_every_gate_of_rfc_9700_is_on():  # SR-2.2
    gates = [name for name in DEFAULTS if name.startswith("COMPLIANT_BCP_RFC9700_")]
    assert len(gates) == 10
    assert all(getattr(oauth2_settings, gate) is True for gate in gates)


def test_the_settings_are_those_of_the_profile():  # SR-2.1, 2.3, 2.4, 2.5
    asked = oauth2_settings
    assert asked.OAUTH2_RESPONSE_TYPES_SUPPORTED == ["code"]
    assert asked.OAUTH2_GRANT_TYPES_SUPPORTED == ["authorization_code", "refresh_token"]
    assert (asked.AUTHORIZATION_CODE_EXPIRE_SECONDS, asked.ACCESS_TOKEN_EXPIRE_SECONDS) == (60, 3600)
    assert (asked.ROTATE_REFRESH_TOKEN, asked.REFRESH_TOKEN_REUSE_PROTECTION) == (True, True)
    assert (asked.REFRESH_TOKEN_GRACE_PERIOD_SECONDS, asked.REFRESH_TOKEN_EXPIRE_SECONDS) == (0, 7_776_000)
    assert (asked.ALLOW_URI_WILDCARDS, asked._DEFAULT_SCOPES) == (False, [])
    assert callable(asked.PKCE_REQUIRED)
    assert (asked.OIDC_ENABLED, asked.DCR_ENABLED, asked.CIMD_ENABLED) == (False, False, False)  # SR-2.6
    assert (
        asked.OAUTH2_SERVER_CLASS.__name__ == "WebApplicationServer"
    )  # the code and refresh grants, no other


def test_only_our_addresses_are_mounted():  # SR-2.6
    routes = {
        str(each.pattern)
        for each in get_resolver().url_patterns
        if hasattr(each, "url_patterns")
        for each in each.url_patterns
    }
    assert {route for route in routes if "oauth" in route} == {
        "oauth/authorize", "oauth/token", "oauth/revoke", "oauth/introspect", ".well-known/oauth-authorization-server",
    }  # fmt: skip
    assert "oauth2_provider" not in get_resolver().namespace_dict


def test_a_client_can_read_where_everything_is(client):  # RFC 8414
    answer = client.get("/.well-known/oauth-authorization-server")
    told = answer.json()
    assert told["issuer"] == issuer() == settings.BASE_URL
    for name in ("authorization", "token", "revocation", "introspection"):
        assert told[f"{name}_endpoint"].startswith(f"{issuer()}/oauth/")
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["authorization_response_iss_parameter_supported"] is True
    assert "spo2" in told["scopes_supported"]
    assert not {"temperature_trend", "period"} & set(told["scopes_supported"])


@pytest.mark.parametrize(
    "addresses",
    [
        [],
        ["https://one.example/"] * 11,
        ["http://one.example/"],
        ["https://one.example/#part"],
        ["https://name@one.example/"],
        ["https://*.one.example/"],
        ["https://one.example/ two"],
        ["javascript:alert(1)"],
        ["app.one:/callback"],
        ["https:///path"],
    ],
)
def test_a_redirect_address_is_https_and_plain(db, addresses):  # SR-2.4
    with pytest.raises(RedirectRefused):
        services.register(
            partner="technogym",
            name="x",
            client_id="x",
            redirect_uris=addresses,
            approved=["daily"],
            at=clock.now(),
        )
    assert not Application.objects.exists()


def test_loopback_is_for_the_demo_world_alone(settings):  # SR-2.4
    services.check_addresses([CALLBACK])
    settings.DEMO = False
    with pytest.raises(RedirectRefused):
        services.check_addresses([CALLBACK])


@pytest.mark.parametrize(
    "change", [{"skip_authorization": True}, {"client_type": "public"}, {"access_seconds": 86_401}]
)
def test_the_database_itself_keeps_consent_and_lifetimes(sahha, change):  # SR-2.7, SR-2.3
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.update(**change)


def test_two_secrets_are_valid_while_one_replaces_the_other(sahha):  # SR-2.15
    application, at = Application.objects.get(client_id="sahha"), clock.now()
    second = credentials.add_secret(application, at=at)
    at += timedelta(seconds=1)
    third = credentials.add_secret(application, at=at)
    living = [
        secret
        for secret in (sahha.secret, second, third)
        if credentials.is_secret_of(application, secret, at=at)
    ]
    assert living == [second, third]
    assert credentials.signing_secrets(application, at=at) == [third, second]
    assert not credentials.is_secret_of(application, second, at=at + timedelta(days=8))
    kept = [value for row in ApplicationSecret.objects.values() for value in map(str, row.values())]
    assert not any(secret in value for secret in (second, third) for value in kept)


def told(*words: str) -> dict:
    out = StringIO()
    call_command(*words, stdout=out)
    return json.loads(out.getvalue())


def test_the_demo_worlds_programs_are_printed_any_number_of_times(db):
    first, again = told("demo", "--credentials"), told("demo", "--credentials")
    assert first == again
    assert first["applications"].keys() == {"sahha", "legacy-client"}
    for each in first["applications"].values():
        assert each.keys() == {"client_id", "client_secret", "redirect_uris", "pkce_required"}
        assert CALLBACK in each["redirect_uris"]
    assert first["applications"]["sahha"]["pkce_required"] is True
    assert first["applications"]["legacy-client"]["pkce_required"] is False


def test_a_token_is_issued_by_command_with_just_the_switches_that_are_named(db):
    lin = make_member()
    given = told(
        "token",
        "issue",
        lin.email,
        "--client",
        "sahha",
        "--scope",
        "daily activity",
        "--on",
        "sleep_score,steps",
    )
    assert isinstance(find(given["access_token"], at=clock.now()), Bearer)
    assert given["scope"] == "daily"
    grant = Grant.objects.get(member=lin)
    assert {toggle.flow for toggle in grant.toggles.filter(on=True)} == {"export:sleep_score", "export:steps"}
    assert grant.history_from.year == 1970
    assert Program.of_demo().refresh(given["refresh_token"]).status_code == 200

    none = told("token", "issue", lin.email, "--client", "sahha", "--scope", "daily", "--on", "none")
    assert isinstance(find(none["access_token"], at=clock.now()), Bearer)
    assert not grant.toggles.filter(on=True).exists()


@pytest.mark.parametrize(
    "words",
    [
        ("nobody@tests.example", "--client", "sahha"),
        ("", "--client", "nobody"),
        ("", "--client", "sahha", "--scope", "period"),
        ("", "--client", "sahha", "--on", "temperature_trend"),
        ("", "--client", "sahha", "--on", "period"),
    ],
)
def test_what_cannot_be_issued_is_one_sentence(db, words):
    lin = make_member()
    with pytest.raises(CommandError):
        told("token", "issue", words[0] or lin.email, *words[1:])
    assert not Grant.objects.exists()
