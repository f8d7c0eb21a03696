"""Limits: counted by one statement, shared by all, never overshot; a 429 that old clients can read."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from integrations import work
from integrations.api.models import Spent
from tests.integrations.api.asking import Asker, make_asker

HEADERS = {"Retry-After", "X-RateLimit-Limit", "X-RateLimit-Window", "X-RateLimit-Reset", "X-RateLimit-Tier"}


@pytest.mark.django_db
def test_a_token_over_its_limit_gets_429_with_the_five_headers(asker, settings):
    settings.API_REQUESTS_PER_TOKEN = 3
    statuses = [asker.get("personal_info").status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    answer = asker.get("/v2/sandbox/usercollection/sleep")  # the same limit
    assert answer.status_code == 429
    assert set(answer.headers) >= HEADERS
    assert answer.headers["Retry-After"].isdigit()
    assert answer.headers["X-RateLimit-Tier"] == "token"
    assert 0 < int(answer.headers["Retry-After"]) <= 300
    assert set(answer.json()) == {"status", "title", "detail"}


@pytest.mark.django_db
def test_an_application_has_a_limit_of_its_own_whoever_its_members_are(settings):
    settings.API_REQUESTS_PER_APPLICATION = 4
    one, other, else_ = make_asker(), make_asker(), make_asker(client="legacy-client")
    statuses = [asker.get("personal_info").status_code for asker in (one, other) * 3]
    assert statuses == [200] * 4 + [429] * 2
    assert one.get("personal_info").headers["X-RateLimit-Tier"] == "application"
    assert else_.get("personal_info").status_code == 200


@pytest.mark.django_db
def test_what_is_over_a_token_s_limit_does_not_count_against_its_application(settings):
    settings.API_REQUESTS_PER_TOKEN = 2
    one, other = make_asker(), make_asker()
    for _ in range(9):
        one.get("personal_info")
    other.get("personal_info")
    assert Spent.objects.get(subject__startswith="application:").used == 3


@pytest.mark.django_db
def test_a_new_window_begins_anew(asker, settings):
    settings.API_REQUESTS_PER_TOKEN = 1
    assert [asker.get("personal_info").status_code for _ in range(2)] == [200, 429]
    Spent.objects.all().update(span=0)  # as if it had been long ago
    assert asker.get("personal_info").status_code == 200


@pytest.mark.django_db
def test_the_count_of_an_access_token_is_forgotten_with_its_window(asker, settings):
    """Otherwise every token that was ever refreshed would leave a row. A key's row says when it was last used."""
    settings.API_REQUESTS_PER_TOKEN = 1
    Spent.objects.create(subject="token:pat:a-key", span=1, used=1)
    Spent.objects.create(subject="token:oauth:0", span=1, used=1)
    assert asker.get("personal_info").status_code == 200
    work.sweep()
    kept = set(Spent.objects.values_list("subject", flat=True))
    assert "token:oauth:0" not in kept
    assert "token:pat:a-key" in kept
    assert len(kept) == 4  # the asker's token and its application, whose window runs, and its grant's answers
    assert asker.get("personal_info").status_code == 429


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_limit_is_never_overshot_by_requests_at_once(settings):
    settings.API_REQUESTS_PER_TOKEN = 20
    asker = make_asker()
    asker.get("personal_info")
    with ThreadPoolExecutor(8) as at_once:
        statuses = list(at_once.map(lambda _: _asked(asker), range(60)))
    assert statuses.count(200) == 19
    assert statuses.count(429) == 41
    assert connection.vendor == "postgresql"


def _asked(asker: Asker) -> int:
    try:
        return asker.get("personal_info").status_code
    finally:
        connections.close_all()
