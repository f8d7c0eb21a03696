"""Every page, every width, light and dark: no fault that axe knows, no console message, no sideways scroll.

`make test` looks at each page in one size and theme, another for each page; `make verify` in all of them.
"""

from itertools import count, product
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page

from audit.exports import services as exports
from audit.log.filters import Filters
from audit.log.models import Entry
from audit.proofs import verification
from consent.grants import services
from consent.manifests.register import manifest_of
from records.members.models import Member
from tests.audit.web.conftest import happened, sequenced, staff
from tests.consent.web.conftest import share
from tests.consent.web.test_ledger_and_receipts import moved
from tests.journeys.conftest import sign_in
from tests.journeys.test_compliance_in_a_browser import come_in
from tests.support.flushing import triggers_lifted
from tests.support.sizes import FULL

pytestmark = [pytest.mark.browser, pytest.mark.once]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS, NARROWEST = (360, 390, 1280), 320
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LOOKS = list(product(WIDTHS, SCHEMES))
TURN = count()  # whose turn it is: each page in its own look, all looks over a few pages
PARTNERS = ["apple-health", "health-connect", "alexa", "stelo", "natural-cycles"]
OPEN = [
    "/",
    "/help/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/privacy/erased/",
]
MEMBERS = ["/connections/", "/connections/strava/", "/connections/strava/connect/", "/stop/", "/activity/"]
MEMBERS += [
    "/settings/",
    "/privacy/",
    "/accounts/2fa/",
    "/accounts/2fa/webauthn/",
    "/accounts/sessions/",
    "/accounts/email/",
]
MEMBERS += ["/accounts/password/change/", "/accounts/reauthenticate/", "/accounts/logout/"]

COMPLIANCE = [
    "",
    "verify/",
    "reports/",
    *(f"reports/{name}/" for name in ("accounting", "processing", "breach")),
]


def faults(page: Page) -> list[str]:
    found = Axe().run(
        page, options={"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    )
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found.response["violations"]]


def looked_at(page: Page, address: str, *, status: int = 200) -> None:
    """Look at one address at every width in both colours, or when there is little time in one of the six."""
    for width, scheme in LOOKS if FULL else [LOOKS[next(TURN) % len(LOOKS)]]:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == status
        assert faults(page) == [], f"{address} at {width} {scheme}"
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST, address


def test_the_pages_for_everyone_have_no_fault(page, live_server, console):
    for path in OPEN:
        looked_at(page, live_server.url + path)
    assert console == []


def test_a_member_s_pages_have_no_fault(page, live_server, lin: Member, console):
    share(lin, "export:workout", "export:readiness_score", "import:workout")
    moved(lin, "delivery.delivered", "export:workout", delivery="d1")
    moved(lin, "import.permitted", "import:workout")
    moved(lin, "release.refused", "export:activity_score", reason="toggle_off")
    sign_in(page, live_server.url, lin)

    for path in MEMBERS:
        looked_at(page, live_server.url + path)
    assert console == []


def test_every_way_to_begin_with_a_partner_has_no_fault(page, live_server, lin: Member, console):
    sign_in(page, live_server.url, lin)
    for slug in [*PARTNERS, "clue", "headspace"]:
        looked_at(page, f"{live_server.url}/connections/{slug}/connect/")
    lin.region = "NO"
    lin.save()
    looked_at(page, f"{live_server.url}/connections/stelo/connect/")  # not offered there
    assert console == []


def test_every_kind_of_partner_once_shared_has_no_fault(page, live_server, lin: Member, console):
    for slug in PARTNERS:
        flows = [flow.key for flow in manifest_of(slug).flows]
        share(lin, *flows[: max(1, len(flows) - 3)], partner=slug)  # some stay closed
    sign_in(page, live_server.url, lin)
    for slug in PARTNERS:
        looked_at(page, f"{live_server.url}/connections/{slug}/")
    looked_at(page, f"{live_server.url}/connections/")
    assert console == []


def test_a_page_with_a_whole_section_on_has_no_fault(at_lin: Page, live_server):
    at_lin.goto(f"{live_server.url}/connections/health-connect/connect/")
    at_lin.get_by_role("button", name="All that comes in").click()
    at_lin.wait_for_url("**/preview/**")
    assert faults(at_lin) == []


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


def test_the_compliance_pages_have_no_fault(page, live_server, transactional_db, console, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    entry = happened(grant="g1", delivery="d1")
    happened("release.refused", partner="alexa", types=("sleep_score",), reason="toggle_off")
    sequenced()
    come_in(page, live_server.url, staff("auditor@example.org"))
    for path in COMPLIANCE:  # nothing was checked yet
        looked_at(page, f"{live_server.url}/compliance/{path}")
    verification.verify()
    export = exports.request(filters=Filters(), format="csv", actor="auditor", at=timezone.now())
    looked_at(page, f"{live_server.url}/compliance/exports/{export.ref}/")  # waits
    exports.run(export.ref)
    looked_at(page, f"{live_server.url}/compliance/exports/{export.ref}/")  # ready
    looked_at(page, f"{live_server.url}/compliance/exports/")
    for path in ("", f"entries/{entry.event_id}/", "verify/", "?partner=clue"):
        looked_at(page, f"{live_server.url}/compliance/{path}")
    page.goto(f"{live_server.url}/compliance/entries/{entry.event_id}/")
    page.get_by_role("button", name="Check this entry").click()
    page.wait_for_selector(".checks")
    assert faults(page) == []
    for name in ("processing", "breach"):
        page.goto(f"{live_server.url}/compliance/reports/{name}/")
        if name == "breach":
            page.get_by_label("Recipient").select_option("strava")
            page.fill("#f-since", "2020-01-01")
            page.fill("#f-until", "2099-12-31")
        page.get_by_role("button", name="Show it here").click()
        page.wait_for_selector("#h-r")
        assert faults(page) == []
    assert console == []


def test_the_compliance_pages_in_trouble_have_no_fault(page, live_server, transactional_db):
    entries = [happened() for _ in range(3)]
    sequenced()
    with triggers_lifted():
        Entry.objects.filter(pk=entries[1].pk).update(partner="alexa")
    verification.verify()
    come_in(page, live_server.url, staff("auditor@example.org"))
    looked_at(page, f"{live_server.url}/compliance/")  # broken
    looked_at(page, f"{live_server.url}/compliance/verify/")
    looked_at(page, f"{live_server.url}/compliance/?since=2026-11-20&until=2026-11-01", status=422)
    looked_at(page, f"{live_server.url}/compliance/entries/at/99/", status=404)


def test_axe_sees_a_planted_fault(page: Page):
    page.set_content(
        '<html lang="en"><title>t</title><main><h1>x</h1><img src="data:,"><button></button></main>'
    )
    assert {fault.partition(":")[0] for fault in faults(page)} >= {"image-alt", "button-name"}
