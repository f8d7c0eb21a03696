"""What holds on every page a member can see: the policy, no inline code, plain words, nothing kept by a cache."""

import re

import pytest
from allauth.mfa.models import Authenticator

from consent.grants import services
from tests.consent.web import reading
from tests.consent.web.conftest import PASSWORD, share
from tests.consent.web.test_the_question import READINESS, WORKOUTS

OPEN = [
    "/",
    "/help/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/confirm-email/",
]
OPEN += ["/accounts/password/reset/done/", "/accounts/inactive/", "/privacy/erased/"]
SHARING = [
    "/connections/",
    "/connections/strava/",
    "/connections/strava/connect/",
    "/stop/",
    "/activity/",
    "/settings/",
    "/privacy/",
]
SIGN_IN = ["/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/2fa/totp/activate/"]
SIGN_IN += ["/accounts/2fa/webauthn/", "/accounts/2fa/webauthn/add/", "/accounts/reauthenticate/"]
SIGN_IN += ["/accounts/sessions/", "/accounts/logout/"]
POLICY = {
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "font-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
}


def inline(page: str) -> list[str]:
    """Return what a strict policy would block: styles, event attributes, and scripts without an address."""
    page = re.sub(r"<svg.*?</svg>", lambda found: re.sub(r">[^<]*<", "><", found[0]), page, flags=re.S)
    tags = re.findall(r"<[a-zA-Z][^>]*>", page)
    found = [tag for tag in tags if re.search(r"\s(?:style|on\w+)\s*=", tag)]
    scripts = [tag for tag in tags if tag.startswith("<script")]
    found += [tag for tag in scripts if "src=" not in tag and 'type="application/json"' not in tag]
    return found + re.findall(r"<style|javascript:", page)


def assert_kept_to_the_policy(answer, path: str) -> None:
    policy = set(re.split(r";\s*", answer["Content-Security-Policy"]))
    assert policy >= POLICY, path
    assert [part for part in policy if part.startswith("script-src 'self'") and "unsafe" not in part], path
    assert inline(answer.content.decode()) == [], path


def recently(browser):
    """Prove again who it is, as the pages that add keys ask (SR-3.6)."""
    answer = browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert answer.status_code == 302
    return browser


@pytest.mark.parametrize("path", OPEN)
def test_a_page_for_everyone_keeps_to_the_policy(client, db, path):  # SR-4.2
    answer = client.get(path)
    assert answer.status_code == 200
    assert_kept_to_the_policy(answer, path)


@pytest.mark.parametrize("path", SHARING + SIGN_IN)
def test_a_member_s_page_keeps_to_the_policy_and_to_itself(lin, browser_of_lin, path):  # SR-4.2
    share(lin, WORKOUTS, READINESS)

    answer = recently(browser_of_lin).get(path)

    assert answer.status_code == 200
    assert_kept_to_the_policy(answer, path)
    assert "no-store" in answer["Cache-Control"]
    assert answer.content.decode().count("<h1") == 1


def test_errors_keep_to_the_policy_and_look_like_the_house(browser_of_lin):
    for path in ("/nothing/here/", "/connections/nobody/connect/"):
        answer = browser_of_lin.get(path)
        assert answer.status_code == 404
        assert_kept_to_the_policy(answer, path)
        assert 'href="/stop/"' in answer.content.decode()


def test_the_check_for_inline_code_can_fail():
    for planted in ('<p style="x">', '<a onclick="x()">', "<script>x()</script>", "<style>p{}</style>"):
        assert inline(f"<main>{planted}</main>")


def test_a_failed_sign_in_shows_what_is_wrong_on_top_and_beside(client, db):
    answer = client.post("/accounts/login/", {"login": "nobody@example.org", "password": "x"})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "<title>Error: " in page
    assert 'role="alert"' in page


def test_secrets_of_the_second_step_are_sealed_at_rest(lin, browser_of_lin):  # SR-3.2
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    browser = recently(browser_of_lin)
    secret = re.search(
        r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"',
        browser.get("/accounts/2fa/totp/activate/").content.decode(),
    )
    assert secret
    code = format_hotp_value(hotp_value(secret[1], next(yield_hotp_counters_from_time())))
    answer = browser.post("/accounts/2fa/totp/activate/", {"code": code})

    assert answer.status_code == 302
    rows = list(Authenticator.objects.filter(user=lin))
    assert {row.type for row in rows} == {"totp", "recovery_codes"}
    for row in rows:
        assert secret[1] not in str(row.data)
        assert all(
            str(value).startswith("v1.") for name, value in row.data.items() if name in {"secret", "seed"}
        )
    codes = browser.get("/accounts/2fa/recovery-codes/")
    assert codes.status_code == 200
    assert_kept_to_the_policy(codes, "recovery codes")


def test_a_health_word_is_in_no_title_of_a_page_about_sharing(lin, browser_of_lin):
    share(lin, WORKOUTS, READINESS)
    for path in SHARING:
        title = re.search(r"<title>(.*?)</title>", browser_of_lin.get(path).content.decode(), re.S)
        assert title
        assert not re.search("workout|readiness|heart|score", title[1], re.I)


@pytest.mark.parametrize(
    "path", ["/", "/help/", "/privacy/erased/", *SHARING, "ended", "receipt", "empty", "error"]
)
def test_a_member_s_page_reads_at_grade_six_or_lower(lin, browser_of_lin, client, path):
    if path == "empty":
        page = (
            browser_of_lin.get("/stop/").content.decode()
            + browser_of_lin.get("/connections/").content.decode()
        )
    elif path == "error":
        page = browser_of_lin.post("/connections/strava/connect/", {"decision": "allow"}).content.decode()
    elif path in {"/", "/help/", "/privacy/erased/"}:
        page = client.get(path).content.decode()
    else:
        grant = share(lin, WORKOUTS, READINESS)
        receipt = services.withdraw(grant_ref=grant.ref) if path == "ended" else grant.receipts.get()
        address = {"ended": "/connections/strava/", "receipt": f"/receipts/{receipt.ref}/"}.get(path, path)
        page = browser_of_lin.get(address).content.decode()

    sentences = reading.sentences_of(page)

    assert sentences
    assert reading.grade(sentences) <= 6, sorted(sentences, key=lambda each: -reading.grade([each]))[:5]
    assert [each for each in sentences if len(reading.words_of(each)) > 20] == []


def test_the_measure_of_reading_knows_hard_words():
    hard = [
        "Notwithstanding the aforementioned stipulations, recipients acknowledge irrevocable dissemination."
    ]
    assert reading.grade(hard) > 12
    assert reading.grade(["You can stop at any time."]) < 4
