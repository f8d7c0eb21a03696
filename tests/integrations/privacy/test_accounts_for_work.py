"""An account for work comes by nothing of a member: nobody could erase it (GDPR Art. 17)."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit.log.models import Entry
from consent.gate import door
from consent.grants.models import Grant
from integrations.tokens import services
from integrations.tokens.models import PersonalToken
from records.members.errors import MembersOnly
from records.members.models import Member, Role
from tests.consent.web.conftest import a_member, signed_in
from tests.factories import WORKOUT_OUT, log_workout, make_grant
from tests.integrations.privacy.test_staffing import TICKET, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim(db) -> Member:
    return a_member("kim@tests.example")


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.MEMBER])
@pytest.mark.parametrize(
    "own",
    [
        make_grant,
        lambda member: services.create(member=member, note="My display"),
        lambda member: log_workout(member),
    ],
)
def test_an_account_for_work_comes_by_nothing_of_a_member_later(kim, role, own):
    Member.objects.filter(pk=kim.pk).update(role=role)
    kim.refresh_from_db()

    with pytest.raises(MembersOnly):
        own(kim)

    assert not Grant.objects.filter(member=kim).exists()
    assert not PersonalToken.objects.filter(member=kim).exists()
    assert next(door.export_own(member_id=kim.id), None) is None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_comes_in_while_a_role_is_given_waits_for_it(transactional_db):
    kim, given = a_member("kim@tests.example"), Event()

    def receive() -> bool:
        try:
            given.wait(timeout=10)
            log_workout(kim)
        except MembersOnly:
            return True
        finally:
            connection.close()
        return False

    with ThreadPoolExecutor(1) as other, transaction.atomic():
        refused = other.submit(receive)
        staff("appoint", kim.email, Role.SUPPORT, *TICKET)
        given.set()
        time.sleep(0.3)  # it has read the account as it was, and waits
    assert refused.result()
    assert next(door.export_own(member_id=kim.id), None) is None


def test_an_import_for_an_account_for_work_leaves_no_entry(kim, tmp_path):
    staff("appoint", kim.email, Role.SUPPORT, *TICKET)
    file = tmp_path / "workout.json"
    file.write_text("[]")

    with pytest.raises(CommandError, match="holds no ring data"):
        call_command("member", "import", kim.email, str(file), "--kind", "workout", *TICKET)

    assert not Entry.objects.filter(kind="staff.imported").exists()


def test_a_yes_by_an_account_for_work_is_refused_in_words(kim):
    browser = signed_in(kim)
    page = browser.get("/connections/strava/connect/")
    (notice,) = re.findall(r'name="notice" value="([^"]+)"', page.content.decode())
    staff("appoint", kim.email, Role.SUPPORT, *TICKET)
    browser = signed_in(Member.objects.get(pk=kim.pk))

    answer = browser.post(
        "/connections/strava/connect/", {"flow": WORKOUT_OUT, "notice": notice, "decision": "allow"}
    )

    assert answer.status_code == 403
    assert "This account is for work" in answer.content.decode()
    assert not Grant.objects.filter(member=kim).exists()
