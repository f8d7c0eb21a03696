"""Erasing a member: what goes, what stays, who is told, and who is not erased."""

from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client

from audit.log.models import Entry
from audit.proofs import proving, sequencer, verification
from consent.grants import clock
from consent.grants.models import Grant, Receipt
from integrations import work
from integrations.connectors.models import Connection, Status
from integrations.connectors.port import Delivered, Notice
from integrations.deliveries import claiming, outcomes
from integrations.deliveries.models import Delivery
from integrations.intake import services as intake
from integrations.intake.models import InboundNotice
from integrations.privacy.erasing import erase
from records.members import keys
from records.members.keys import MemberErased
from records.members.models import MemberKey
from tests.audit.proofs.worlds import outside
from tests.factories import PASSWORD, log_workout, make_connection, make_grant, make_member
from tests.integrations.privacy.furnished import ACCOUNT, bytes_of, everything, files, furnish, identifiers

pytestmark = pytest.mark.django_db
LOG = ("audit_log_entry",)
OURS_AND_RANDOM = {"grant 0", "grant 1", "grant 0 in hex", "grant 1 in hex"}  # they lead to no row any more


def kinds(**where) -> list[str]:
    return list(Entry.objects.filter(**where).order_by("id").values_list("kind", flat=True))


def found(wanted: dict[str, str], among) -> set[tuple[str, str]]:
    return {(table, what) for table, value in among for what, text in wanted.items() if text in value}


def say_goodbye() -> None:
    for job in [job for job in work.due() if job.verb == "tell"]:
        job.run()


def test_no_table_tells_of_an_erased_member_any_more(strava_simulator):  # SR-8.3, SR-9.3
    other = furnish("somebody-else@tests.example", account="99004422")
    member = furnish("the-erased-one@tests.example")
    wanted, of_other = identifiers(member), identifiers(other, account="99004422")
    before = {what for _, what in found(wanted, everything())}
    assert before >= {"id in hex" if connection.vendor == "sqlite" else "id", "address", "owner", "browser"}
    assert before >= {"digest of the account", "bare hash of a try to sign in"}
    kept = found(of_other, everything())

    erase(member_id=member.id, actor="member")
    say_goodbye()

    assert found(wanted, everything(but=LOG)) == set()
    assert {what for _, what in found(wanted, everything())} <= OURS_AND_RANDOM
    assert found(of_other, everything()) == kept


def test_no_file_of_ours_tells_of_them_either(settings, tmp_path):  # SR-9.3
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    other, member = make_member("somebody-else@tests.example"), make_member("the-erased-one@tests.example")
    for each in (other, member):
        Client().post("/accounts/password/reset/", {"email": each.email})
    wanted = identifiers(member)
    assert found(wanted, files(tmp_path))

    erase(member_id=member.id, actor="member")

    assert found(wanted, files(tmp_path)) == set()
    assert found(identifiers(other), files(tmp_path))


@pytest.mark.django_db(transaction=True)
def test_the_database_s_own_file_keeps_no_ghost_of_the_address():
    if connection.vendor != "sqlite":
        return
    member = furnish("the-erased-one@tests.example")
    wanted = {"address": member.email, "owner": keys.owner_reference(keys.key_of(member.id))}
    where = str(django_settings.DATABASES["default"]["TEST"]["NAME"])

    erase(member_id=member.id, actor="member")

    raw = b"".join(bytes_of(path) for path in Path(where).parent.glob(f"{Path(where).name}*"))
    assert [what for what, text in wanted.items() if text.encode() in raw] == []


def test_one_entry_says_it_under_a_pseudonym_that_stands_for_nobody_from_then_on():  # SR-8.3
    member = furnish()
    subject = keys.pseudonym(keys.key_of(member.id), "")
    before = {entry.event_id: bytes(entry.body) for entry in Entry.objects.all()}

    erasure = erase(member_id=member.id, actor="operator", ticket="T-7", operator="support")

    entry = Entry.objects.get(kind="member.erased")
    assert (entry.event_id, entry.subject, entry.partner) == (erasure.event_id, subject, "")
    assert entry.facts == {"ticket": "T-7", "operator": "support", "grants": 2, "partners_to_tell": 1}
    after = {entry.event_id: bytes(entry.body) for entry in Entry.objects.all()}
    assert {ref: after[ref] for ref in before} == before
    assert not MemberKey.objects.filter(member_id=member.id).exists()
    with pytest.raises(MemberErased):
        keys.key_of(member.id)


def test_the_tree_never_changes_and_still_verifies(settings, tmp_path):  # SR-8.3
    outside(settings, tmp_path)
    member = furnish()
    sequencer.run()
    before = verification.verify()
    receipt = proving.inclusion(Entry.objects.filter(kind="grant.given").latest("id").event_id)

    erase(member_id=member.id, actor="member")
    sequencer.run()

    after = verification.verify()
    assert (before.ok, after.ok, after.finding) == (True, True, before.finding)
    assert after.size > before.size
    again = proving.inclusion(Entry.objects.filter(kind="grant.given").latest("id").event_id)
    assert (again["entry"], again["index"]) == (receipt["entry"], receipt["index"])


def test_sharing_ends_before_anything_is_deleted_and_each_grant_says_so():
    member = furnish()
    log_workout(member)

    erase(member_id=member.id, actor="member")

    told = kinds()
    assert told.index("grant.withdrawn") < told.index("delivery.cancelled") < told.index("grant.erased")
    assert told.count("grant.erased") == 2
    assert told[-1] == "member.erased"
    assert (Grant.objects.count(), Receipt.objects.count(), Delivery.objects.count()) == (0, 0, 0)


def test_what_is_on_its_way_when_its_row_goes_counts_as_a_disclosure(strava_simulator, settings):
    """A worker that sleeps past its deadline brings its answer to a row that is gone: the log has told it already."""
    settings.DELIVERY_LEASE_SECONDS = 0.3
    member = make_member()
    make_connection(make_grant(member), tokens=strava_simulator.tokens())
    (delivery,) = log_workout(member)
    claimed = claiming.claim(delivery.id)
    assert claimed is not None

    erase(member_id=member.id, actor="member")
    outcomes.commit(claimed, Delivered("12"), None)

    (entry,) = Entry.objects.filter(kind="delivery.may_have_arrived")
    assert (entry.outcome, entry.facts["delivery"]) == ("out", str(delivery.id))
    assert "delivery.delivered" not in kinds()


def test_the_partner_is_told_until_it_answers_and_then_nothing_of_the_link_is_kept(
    strava_simulator,
):  # SR-9.3
    member = make_member()
    make_connection(make_grant(member), tokens=strava_simulator.tokens())
    strava_simulator.fail("503")

    assert erase(member_id=member.id, actor="member").partners_to_tell == 1
    say_goodbye()

    link = Connection.objects.get()
    assert (link.status, link.member_id, link.account, link.granted) == (Status.ENDING, None, "", [])
    assert strava_simulator.tokens_alive()
    Connection.objects.update(next_attempt_at=clock.now())
    say_goodbye()
    assert not Connection.objects.exists()
    assert not strava_simulator.tokens_alive()
    assert kinds()[-2:] == ["partner.told", "connection.ended"]
    assert set(Entry.objects.filter(kind="partner.told").values_list("subject", flat=True)) == {""}


def test_what_a_partner_says_of_an_erased_account_is_not_written_down():
    member = furnish()
    erase(member_id=member.id, actor="member")

    assert not intake.note(
        "strava", Notice(message_id="late", account=ACCOUNT, verb="created", reference="9")
    )
    assert not InboundNotice.objects.exists()


def test_another_member_s_messages_and_link_to_the_same_account_stay(strava_simulator):
    member, other = furnish(), make_member()
    make_connection(make_grant(other), tokens=strava_simulator.tokens(), account=ACCOUNT)

    erase(member_id=member.id, actor="member")
    say_goodbye()

    assert InboundNotice.objects.count() == 1
    assert strava_simulator.tokens_alive()
    assert Connection.objects.get().member == other


def test_a_browser_of_theirs_is_signed_out():
    member = make_member()
    browser = Client()
    browser.post("/accounts/login/", {"login": member.email, "password": PASSWORD})
    assert browser.get("/connections/").status_code == 200

    erase(member_id=member.id, actor="member")

    assert browser.get("/connections/").status_code == 302
    assert Client().post("/accounts/login/", {"login": member.email, "password": PASSWORD}).status_code != 302
