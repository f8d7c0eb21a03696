"""Answers of the API and entries of the log agree one to one, and every way in which they might not is found."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from audit.log.models import Entry
from audit.ports import Finding
from consent.gate import door, standing
from consent.gate.reading import Reading
from consent.grants import clock, services
from consent.grants.letting_go import letting_go
from consent.grants.models import Grant
from integrations.api import limits
from integrations.api.models import Spent
from integrations.oauth import bearer, issuing
from integrations.privacy.erasing import erase
from tests.factories import make_member
from tests.integrations.api.asking import EVERYTHING, Asker, make_asker, wide
from tests.integrations.tokens.keys import SCORE, make_key
from tests.support.flushing import triggers_lifted
from tests.support.reconciled import DAY, append, copied, entry_of, findings, reconcile

HOME = "/v2/usercollection"


def second_token(asker: Asker) -> Asker:
    """Another token of the same grant."""
    told = issuing.issue(
        email=asker.member.email, client_id="sahha", scope=EVERYTHING, on="all", at=clock.now()
    )
    assert str(asker.grant.ref) == told["grant"]
    return Asker(asker.member, Grant.objects.get(ref=asker.grant.ref), told["access_token"])


def answers(grant: Grant) -> list[Entry]:
    found = Entry.objects.filter(kind="api.answered").order_by("id")
    return [entry for entry in found if entry.facts["grant"] == str(grant.ref)]


def numbers(grant: Grant) -> list[int]:
    return [entry.facts["number"] for entry in answers(grant)]


def take_away(*entries: Entry) -> None:
    with triggers_lifted():
        Entry.objects.filter(id__in=[entry.id for entry in entries]).delete()


@pytest.fixture
def asked(asker: Asker) -> list[Entry]:
    """Five answers."""
    for _ in range(5):
        asker.get("daily_sleep")
    return answers(asker.grant)


@pytest.mark.django_db
def test_whatever_became_of_requests_log_and_numbers_agree(settings):
    """Answered, refused, not there, malformed, over both limits, made-up data, and by a member's own key."""
    settings.API_REQUESTS_PER_TOKEN, settings.API_REQUESTS_PER_APPLICATION = 6, 9
    asker = make_asker(make_member(timezone="UTC"))
    other, own = second_token(asker), make_key(make_member(), on=(SCORE,))
    asker.get("daily_sleep", wide())
    asker.get("daily_sleep", {"start_date": "soon"})
    asker.get("sleep/nothing")
    asker.get("sleep/nothing", {"fields": "x" * 2001})
    asker.get("/v2/sandbox/usercollection/sleep")
    asker.get("no_such_thing")
    services.turn_off(grant_ref=asker.grant.ref, flow="export:workout")
    other.get("workout")
    for each in (asker, other):
        statuses = [each.get("sleep", {"next_token": "not ours"}).status_code for _ in range(3)]
        assert 429 in statuses
    for path in (f"{HOME}/daily_sleep", f"{HOME}/sleep", "/api/v1/connections", f"{HOME}/daily_sleep"):
        own.get(path)

    result = reconcile()
    assert (result.differences, result.erased, result.dropped) == ([], 0, 0)
    assert numbers(asker.grant) == [1, 2, 3]
    assert numbers(Grant.objects.get(partner="own-program")) == [1, 2, 3]
    assert result.entries == 6


@pytest.mark.django_db
def test_a_request_that_breaks_was_not_counted(asker: Asker, asked, settings):
    settings.API_PAGE_ROWS = 0  # a mistake of ours
    with pytest.raises(IndexError):
        asker.get("daily_sleep", wide())
    settings.API_PAGE_ROWS = 1000
    asker.get("daily_sleep")
    assert numbers(asker.grant) == [1, 2, 3, 4, 5, 6]
    assert findings() == []


@pytest.mark.django_db
def test_an_answer_without_an_entry_is_found_at_once_and_by_the_entry_after_it(asker: Asker, asked):
    who = bearer.find(asker.token, at=clock.now())
    assert isinstance(who, bearer.Bearer)
    with transaction.atomic():
        limits.count(who)  # what a way out would do that forgets to write
    (found,) = reconcile().differences
    assert (found.ref, found.finding) == (str(asker.grant.ref), Finding.ACT_WITHOUT_ENTRY)
    asker.get("daily_sleep")
    (found,) = reconcile().differences
    assert (found.ref, found.finding) == (str(answers(asker.grant)[-1].event_id), Finding.ACT_WITHOUT_ENTRY)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("lost", [slice(0, 1), slice(2, 4), slice(3, 5), slice(0, 5)])
def test_entries_that_were_taken_away_are_found(transactional_db, lost):
    asker = make_asker()
    for _ in range(5):
        asker.get("daily_sleep")
    take_away(*answers(asker.grant)[lost])
    assert findings() == [Finding.ACT_WITHOUT_ENTRY]


@pytest.mark.django_db(transaction=True)
def test_one_that_was_lost_between_two_days_is_found(transactional_db):
    asker = make_asker()
    asker.get("daily_sleep")
    asker.get("daily_sleep")
    midnight = clock.now()
    asker.get("daily_sleep")
    take_away(answers(asker.grant)[1])
    assert [each.finding for each in reconcile(since=midnight).differences] == [Finding.ACT_WITHOUT_ENTRY]


@pytest.mark.django_db
def test_what_is_told_twice_is_found(asked):
    copied(asked[2])
    assert findings() == [Finding.TWICE]


@pytest.mark.django_db
def test_an_answer_that_never_was_is_found_whatever_it_tells(asked):
    for number in (6, None, "3", 0, True):
        copied(asked[-1], number=number)
    found = findings()
    assert len(found) == 5
    assert set(found) <= {Finding.ENTRY_WITHOUT_ACT, Finding.TWICE}


@pytest.mark.django_db
def test_an_answer_of_a_grant_that_never_was_is_found(asked):
    copied(asked[-1], grant="00000000-0000-4000-8000-000000000000")
    assert findings() == [Finding.ENTRY_WITHOUT_ACT]


@pytest.mark.django_db
def test_a_count_that_was_taken_away_or_set_back_is_found(asked):
    Spent.objects.filter(answers=5).update(answers=4)
    assert findings() == [Finding.ENTRY_WITHOUT_ACT]
    Spent.objects.all().delete()
    assert findings() == [Finding.ENTRY_WITHOUT_ACT] * 5


@pytest.mark.django_db
def test_answers_from_before_they_were_numbered_are_passed_over(asker: Asker):
    ask = Reading(route=f"{HOME}/personal_info", kind="personal_info")
    for _ in range(2):
        door.read(grant_ref=asker.grant.ref, epoch=asker.grant.epoch, ask=ask)
    assert findings() == []
    asker.get("daily_sleep")
    assert findings() == []
    assert reconcile().entries == 3


@pytest.mark.django_db
def test_a_token_that_died_takes_no_number_with_it(asker: Asker, asked):
    fresh = second_token(asker)
    services.withdraw(grant_ref=asker.grant.ref)
    fresh.get("daily_sleep")
    assert findings() == []


@pytest.mark.django_db
def test_answers_about_a_member_who_was_erased_are_accounted_for(asker: Asker, asked):  # SR-8.3
    erase(member_id=asker.member.id, actor="member")
    result = reconcile()
    assert (result.ok, result.erased) == (True, 5)
    assert not Spent.objects.filter(answers__gt=0).exists()
    append("api.answered", {"route": HOME, "reason": "no_grant"}, like=entry_of(asked[0].event_id))
    assert reconcile().ok  # who came a moment too late read nothing


@pytest.mark.django_db
def test_grants_past_their_term_are_accounted_for(asker: Asker, asked, settings):
    with letting_go():
        Grant.objects.filter(ref=asker.grant.ref).delete()
    assert not Spent.objects.filter(answers__gt=0).exists()
    settings.RETENTION_DAYS = {**settings.RETENTION_DAYS, "ended_grants": 0}
    result = reconcile()
    assert (result.ok, result.dropped) == (True, 5)
    settings.RETENTION_DAYS = {**settings.RETENTION_DAYS, "ended_grants": 1}
    assert reconcile(since=asked[0].at - DAY).differ == 5


@pytest.mark.django_db(transaction=True)
def test_requests_at_once_by_two_tokens_are_numbered_in_their_order(transactional_db):
    asker = make_asker(make_member(timezone="UTC"))
    both = (asker, second_token(asker))

    def ask(turn: int) -> int:
        query = {"start_date": "soon"} if turn % 5 == 4 else {}
        try:
            return both[turn % 2].get("personal_info" if turn % 5 < 4 else "sleep", query).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as at_once:
        statuses = list(at_once.map(ask, range(40)))
    assert statuses.count(200) == 32
    assert numbers(asker.grant) == list(range(1, 33))
    times = [entry.at for entry in answers(asker.grant)]
    assert times == sorted(times)
    assert findings() == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_request_that_holds_its_grant_is_answered_before_the_member_is_erased(transactional_db):
    asker = make_asker()
    asker.get("daily_sleep")
    who = bearer.find(asker.token, at=clock.now())
    assert isinstance(who, bearer.Bearer)
    services.withdraw(grant_ref=asker.grant.ref)

    def gone() -> None:
        try:
            erase(member_id=asker.member.id, actor="member")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as beside:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(*standing.holding(asker.grant.ref))
            erased = beside.submit(gone)
            with pytest.raises(TimeoutError):
                erased.result(timeout=1)
            assert limits.count(who).number == 2
        erased.result(timeout=20)
    assert not Spent.objects.filter(answers__gt=0).exists()
    assert limits.count(who).number == 0
