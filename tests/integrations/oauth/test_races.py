"""One code or refresh token, spent by eight at once: never two pairs of tokens, and no failure of ours (SR-2.17)."""

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial

import pytest
from django.db import connections

from consent.grants import clock
from integrations.oauth.bearer import Bearer, find
from integrations.oauth.models import AccessToken, RefreshToken, TokenFamily
from tests.factories import make_member
from tests.support.program import Program, answered, browser_of, code_of, form_of
from tests.support.sizes import size

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres, pytest.mark.slow]

AT_ONCE = 8
ROUNDS = size(50)


def all_at_once(workers: ThreadPoolExecutor, spend) -> list:
    """Let eight do the same thing in the same moment; return what each was told."""
    ready = threading.Barrier(AT_ONCE)

    def one():
        ready.wait(timeout=30)
        return spend()

    return [each.result(timeout=60) for each in [workers.submit(one) for _ in range(AT_ONCE)]]


def _told(spend, secret: str) -> tuple[int, dict]:
    answer = spend(secret)
    return answer.status_code, answer.json()


def _let_go(ready: threading.Barrier) -> None:
    ready.wait(timeout=30)
    connections.close_all()


@pytest.fixture
def workers():
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield pool
        ready = threading.Barrier(AT_ONCE)
        wait([pool.submit(_let_go, ready) for _ in range(AT_ONCE)])


def test_a_code_redeemed_by_eight_at_once_gives_one_pair_and_then_none(workers):
    sahha, tab = Program.of_demo(), browser_of(make_member())
    for _ in range(ROUNDS):
        code = code_of(answered(tab, sahha.address(), on=("export:sleep_score",)))
        told = all_at_once(workers, partial(_told, sahha.redeem, code))
        assert sorted(status for status, _ in told) == [200] + [400] * 7
        assert {body["error"] for status, body in told if status == 400} == {"invalid_grant"}
        (pair,) = [body for status, body in told if status == 200]
        assert not isinstance(find(pair["access_token"], at=clock.now()), Bearer)  # a second use ended it
    assert not AccessToken.objects.exists()
    assert not TokenFamily.objects.filter(ended_at=None).exists()


def test_a_refresh_token_spent_by_eight_at_once_gives_one_pair_and_then_none(workers):
    sahha, tab = Program.of_demo(), browser_of(make_member())
    for _ in range(ROUNDS):
        token = sahha.pair(tab)["refresh_token"]
        told = all_at_once(workers, partial(_told, sahha.refresh, token))
        assert sorted(status for status, _ in told) == [200] + [400] * 7
        assert {body["error"] for status, body in told if status == 400} == {"invalid_grant"}
    assert not AccessToken.objects.exists()
    assert not RefreshToken.objects.filter(revoked=None).exists()


def test_one_answer_to_a_question_counts_when_it_is_posted_by_eight_at_once(workers):
    sahha, member = Program.of_demo(), make_member()
    for _ in range(size(20)):
        page = browser_of(member).get(sahha.address()).content.decode()
        sent = {**form_of(page), "flow": ["export:sleep_score"], "decision": "allow"}
        told = all_at_once(workers, partial(_post, member, sent))
        assert sorted(told) == [200] + [410] * 7


def _post(member, sent: dict) -> int:
    return browser_of(member).post("/oauth/authorize", sent).status_code
