"""A browser at a running Ringfence, with a member who can sign in, and an ear for what the console says."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from records.members.models import Member
from tests.consent.web.conftest import PASSWORD, lin

__all__ = ["lin"]


def sign_in(page: Page, address: str, member: Member) -> None:
    page.goto(f"{address}/accounts/login/")
    page.fill("#id_login", member.email)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/connections/")


@pytest.fixture
def console(page: Page) -> list[str]:
    """What the page's console and its errors said: a blocked style or script says so here."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


@pytest.fixture
def at_lin(page: Page, live_server, lin: Member) -> Page:
    """Lin's browser, signed in, on the page of partners."""
    sign_in(page, live_server.url, lin)
    return page


@pytest.fixture
def without_script(browser: Browser, live_server, lin: Member) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    sign_in(page, live_server.url, lin)
    yield page
    context.close()
