"""Every page, every width, light and dark: no fault that axe knows, no console message, no sideways scroll."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from consent.grants import services
from records.members.models import Member
from tests.consent.web.conftest import share
from tests.consent.web.test_ledger_and_receipts import moved
from tests.journeys.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.once]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS, NARROWEST = (360, 390, 1280), 320
OPEN = ["/", "/help/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"]
MEMBERS = ["/connections/", "/connections/strava/", "/connections/strava/connect/", "/stop/", "/activity/"]
MEMBERS += [
    "/settings/",
    "/accounts/2fa/",
    "/accounts/2fa/webauthn/",
    "/accounts/sessions/",
    "/accounts/email/",
]
MEMBERS += ["/accounts/password/change/", "/accounts/reauthenticate/", "/accounts/logout/"]


def faults(page: Page) -> list[str]:
    found = Axe().run(
        page, options={"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    )
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found.response["violations"]]


def looked_at(page: Page, address: str, *, status: int = 200) -> None:
    """Look at one address at every width in both colours."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == status
            assert faults(page) == [], f"{address} at {width} {scheme}"
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST, address


@pytest.mark.parametrize("path", OPEN)
def test_a_page_for_everyone_has_no_fault(page, live_server, console, path):
    looked_at(page, live_server.url + path)
    assert console == []


@pytest.mark.parametrize("path", MEMBERS)
def test_a_member_s_page_has_no_fault(page, live_server, lin: Member, console, path):
    share(lin, "export:workout", "export:readiness_score", "import:workout")
    moved(lin, "delivery.delivered", "export:workout", delivery="d1")
    moved(lin, "import.permitted", "import:workout")
    moved(lin, "release.refused", "export:activity_score", reason="toggle_off")
    sign_in(page, live_server.url, lin)

    looked_at(page, live_server.url + path)
    assert console == []


def test_the_states_around_sharing_have_no_fault(page, live_server, lin: Member, console):
    sign_in(page, live_server.url, lin)
    for path in ("/connections/", "/connections/strava/", "/stop/", "/activity/"):  # nothing shared yet
        looked_at(page, live_server.url + path)
    grant = share(lin, "export:workout")
    receipt = services.withdraw(grant_ref=grant.ref)
    for path in ("/connections/strava/", f"/receipts/{receipt.ref}/"):  # stopped
        looked_at(page, live_server.url + path)
    assert console == []


def test_the_page_after_a_mistake_has_no_fault_and_holds_the_focus(at_lin: Page, live_server):
    at_lin.goto(f"{live_server.url}/connections/strava/connect/")
    at_lin.get_by_role("button", name="Allow").click()
    at_lin.wait_for_selector("[role=alert]")

    assert at_lin.title().startswith("Error: ")
    assert at_lin.evaluate("document.activeElement.getAttribute('role')") == "alert"
    assert faults(at_lin) == []


def test_a_page_that_is_not_there_has_no_fault(at_lin: Page, live_server):
    looked_at(at_lin, f"{live_server.url}/nothing/here/", status=404)


def test_axe_sees_a_planted_fault(page: Page):
    page.set_content(
        '<html lang="en"><title>t</title><main><h1>x</h1><img src="data:,"><button></button></main>'
    )
    assert {fault.partition(":")[0] for fault in faults(page)} >= {"image-alt", "button-name"}
