"""Taking the data along, and deleting it, in a real Chromium."""

import zipfile

import pytest
from playwright.sync_api import Page, expect

from integrations import work
from records.members.models import Member
from tests.consent.web.conftest import CANARY, PASSWORD, share

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture(autouse=True)
def where(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def make_copies() -> None:
    for job in [job for job in work.due() if job.verb == "copy"]:
        job.run()


def test_a_member_takes_a_copy_and_deletes_everything(
    at_lin: Page, live_server, lin: Member, console, tmp_path
):
    share(lin, "export:workout")
    at_lin.get_by_role("link", name="My data").click()
    at_lin.get_by_role("button", name="Make my download").click()
    expect(at_lin.locator("main")).to_contain_text("We are making your file")
    make_copies()
    at_lin.get_by_role("link", name="Look again").click()
    with at_lin.expect_download() as download:
        at_lin.get_by_role("button", name="Get my file").click()
    download.value.save_as(tmp_path / "mine.zip")
    assert CANARY in zipfile.ZipFile(tmp_path / "mine.zip").read("documents.json").decode()

    at_lin.reload()
    at_lin.get_by_label("Type DELETE to go on").fill("delete")
    at_lin.get_by_role("button", name="Delete my data").click()
    expect(at_lin.get_by_role("alert")).to_contain_text("capital letters")
    at_lin.get_by_label("Type DELETE to go on").fill("DELETE")
    at_lin.get_by_role("button", name="Delete my data").click()

    expect(at_lin.get_by_role("heading", level=1)).to_have_text("Your data is deleted")
    expect(at_lin.get_by_role("link", name="Sign in")).to_be_visible()
    assert not Member.objects.filter(id=lin.id).exists()
    assert [said for said in console if "422" not in said] == []


def test_without_script_it_works_as_well(without_script: Page, lin: Member):
    without_script.goto("/privacy/")
    without_script.get_by_label("Type DELETE to go on").fill("DELETE")
    without_script.get_by_role("button", name="Delete my data").click()
    expect(without_script.get_by_role("heading", level=1)).to_have_text("Your data is deleted")


def test_who_proved_themselves_long_ago_does_it_again(at_lin: Page, live_server, settings):  # SR-3.6
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    at_lin.goto(f"{live_server.url}/privacy/")
    at_lin.get_by_role("button", name="Make my download").click()
    at_lin.wait_for_url("**/accounts/reauthenticate/**")
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
    at_lin.fill("#id_password", PASSWORD)
    at_lin.get_by_role("button", name="Go on").click()
    at_lin.wait_for_url("**/privacy/?again=1")
    expect(at_lin.locator("main")).to_contain_text("press the button once more")
    at_lin.get_by_role("button", name="Make my download").click()
    expect(at_lin.locator("main")).to_contain_text("We are making your file")
