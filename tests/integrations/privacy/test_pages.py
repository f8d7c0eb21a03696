"""My data: the download first, both behind a fresh proof of who is there, and an end that says what it did."""

import io
import zipfile

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.test import Client

from integrations import work
from integrations.privacy.models import OwnCopy
from records.members.models import Member, Role
from tests.factories import PASSWORD, make_member
from tests.integrations.privacy.furnished import furnish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def where(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


def signed_in(member: Member) -> Client:
    """Without a second step, which has its own tests."""
    Authenticator.objects.filter(user=member).delete()
    browser = Client()
    assert browser.post("/accounts/login/", {"login": member.email, "password": PASSWORD}).status_code == 302
    return browser


def long_ago(browser: Client) -> None:
    """Let the last proof of who is there be an hour old."""
    session = browser.session
    for proof in session["account_authentication_methods"]:
        proof["at"] -= 3600
    session.save()


def page_of(browser: Client) -> str:
    return browser.get("/privacy/").content.decode()


def run_jobs() -> None:
    for job in list(work.due()):
        if job.verb == "copy":
            job.run()


def test_the_download_stands_before_the_deletion_and_says_what_it_is():  # UX section 4.6
    page = page_of(signed_in(make_member()))
    assert page.index("Download my data") < page.index("Delete my data")
    for told in ("JSON", "CSV", "24 hours", "no ring data yet", "6 years", "35 days", "Type DELETE"):
        assert told in page
    assert page.count("btn--danger") == 1


def test_a_download_is_made_by_the_worker_and_handed_out_once():  # SR-9.3
    member = furnish()
    browser = signed_in(member)
    assert browser.post("/privacy/copies/").status_code == 303
    assert "We are making your file" in page_of(browser)
    run_jobs()
    page, ref = page_of(browser), OwnCopy.objects.get().ref
    assert f"/privacy/copies/{ref}/" in page

    answer = browser.post(f"/privacy/copies/{ref}/")

    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/zip", "no-store, private")
    assert answer["Content-Disposition"].startswith("attachment")
    whole = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert member.email in whole.read("account.json").decode()
    assert browser.post(f"/privacy/copies/{ref}/").status_code == 404
    assert browser.get(f"/privacy/copies/{ref}/").status_code == 303


def test_another_members_download_is_no_page_at_all():  # SR-4.7
    browser = signed_in(make_member())
    browser.post("/privacy/copies/")
    run_jobs()
    ref = OwnCopy.objects.get().ref
    assert signed_in(make_member()).post(f"/privacy/copies/{ref}/").status_code == 404
    assert Client().post(f"/privacy/copies/{ref}/").status_code == 302


def test_the_fourth_download_of_a_day_is_refused_in_a_sentence():  # SR-4.10
    browser = signed_in(make_member())
    for _ in range(3):
        browser.post("/privacy/copies/")
        run_jobs()
        browser.post(f"/privacy/copies/{OwnCopy.objects.latest('asked_at').ref}/").getvalue()
    answer = browser.post("/privacy/copies/", follow=True)
    assert "Please come back tomorrow" in answer.content.decode()
    assert "Make my download" not in answer.content.decode()
    assert OwnCopy.objects.count() == 3


@pytest.mark.parametrize("path", ["/privacy/copies/", "/privacy/erase/", "/privacy/copies/{ref}/"])
def test_each_act_asks_first_who_is_there(path):  # SR-3.6
    member = make_member()
    browser = signed_in(member)
    browser.post("/privacy/copies/")
    run_jobs()
    ref = OwnCopy.objects.get().ref
    long_ago(browser)

    answer = browser.post(path.format(ref=ref), {"typed": "DELETE"})

    assert answer.status_code == 303
    assert answer["Location"] == "/accounts/reauthenticate/?next=%2Fprivacy%2F%3Fagain%3D1"
    assert (Member.objects.count(), OwnCopy.objects.get().state) == (1, "ready")
    browser.post("/accounts/reauthenticate/?next=/privacy/", {"password": PASSWORD})
    assert browser.post(path.format(ref=ref), {"typed": "DELETE"}).status_code in {200, 303}


def test_deleting_takes_the_typed_word():
    member = make_member()
    browser = signed_in(member)
    for typed in ("", "delete", "DELETE MY DATA"):
        answer = browser.post("/privacy/erase/", {"typed": typed})
        assert answer.status_code == 422
        assert 'href="#typed"' in answer.content.decode()
        assert "<title>Error: My data" in answer.content.decode()
    assert Member.objects.filter(id=member.id).exists()


def test_after_deleting_the_browser_is_signed_out_and_told_what_happened():
    member = furnish()
    browser = signed_in(member)

    answer = browser.post("/privacy/erase/", {"typed": "DELETE"})

    assert (answer.status_code, answer["Location"]) == (303, "/privacy/erased/")
    page = browser.get("/privacy/erased/").content.decode()
    for told in ("Your data is deleted", "What stays", "no name in it", "Who is told"):
        assert told in page
    assert "Sign in" in page
    assert browser.get("/privacy/").status_code == 302
    assert not Member.objects.exists()
    assert not Session.objects.exists()


def test_staff_are_told_that_their_account_is_not_deleted_here():
    browser = signed_in(make_member(role=Role.SUPPORT))
    answer = browser.post("/privacy/erase/", {"typed": "DELETE"})
    assert answer.status_code == 422
    assert "account of staff" in answer.content.decode()
    assert Member.objects.count() == 1


def test_deleting_by_a_link_does_nothing():
    member = make_member()
    browser = signed_in(member)
    assert browser.get("/privacy/erase/?typed=DELETE").status_code == 303
    assert Member.objects.filter(id=member.id).exists()
