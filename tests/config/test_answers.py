"""What every answer carries, whatever it says (SR-4.1, 4.2, 4.4; CONTRACT `/healthz`, `/readyz`)."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client

from config import errors
from records.members.models import Member

PAGES = "default-src 'none'"


def test_healthz_answers_without_the_database(client: Client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.django_db
def test_readyz_tells_this_machine_why_and_others_only_whether(client: Client):  # SR-9.1
    here = client.get("/readyz", REMOTE_ADDR="127.0.0.1")
    assert here.json() == {"ready": True, "database": "ok", "migrations": "ok"}
    assert client.get("/readyz", REMOTE_ADDR="203.0.113.9").json() == {"ready": True}
    proxied = client.get("/readyz", REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": "203.0.113.9"})
    assert proxied.json() == {"ready": True}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/accounts/login/", "/nothing-here/", "/static/none.css"]
)
def test_every_answer_carries_the_policy_and_the_guards(client: Client, path: str):
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in answer.headers["Permissions-Policy"]


@pytest.mark.django_db
def test_json_may_load_nothing_at_all(client: Client):  # SR-4.2
    directives = set(client.get("/readyz").headers["Content-Security-Policy"].split("; "))
    assert directives == {"default-src 'none'", "frame-ancestors 'none'"}


@pytest.mark.django_db
def test_a_signed_in_page_is_kept_in_no_cache(client: Client):
    assert "Cache-Control" not in client.get("/healthz").headers
    client.force_login(Member.objects.create_user("lin@demo.example"))
    assert "no-store" in client.get("/connections/").headers["Cache-Control"]
    assert "no-store" in client.get("/nothing-here/").headers["Cache-Control"]


def test_an_unknown_page_is_a_plain_sentence(client: Client):
    answer = client.get("/nothing-here/?q=canary")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()
    assert "canary" not in answer.content.decode()


def test_an_error_page_that_cannot_be_drawn_is_still_a_sentence(settings):
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [], "APP_DIRS": False}]
    answer: HttpResponse = errors.server_error(HttpRequest())
    assert answer.status_code == 500
    assert b"Nothing was shared" in answer.content


@pytest.mark.django_db
def test_a_post_without_this_browsers_token_is_refused_in_words():  # SR-4.5
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "lin@demo.example"})
    assert answer.status_code == 403
    assert "could not be sure that this was you" in answer.content.decode()


def test_the_cookies_are_for_this_site_and_no_script():  # SR-4.4
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
    assert settings.MESSAGE_STORAGE.endswith("session.SessionStorage")


@pytest.mark.django_db
def test_the_cache_is_one_for_all_processes():  # SR-3.4
    assert "DatabaseCache" in settings.CACHES["default"]["BACKEND"]
    cache.set("a", 1)
    assert cache.get("a") == 1
