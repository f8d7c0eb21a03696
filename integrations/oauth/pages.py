"""The consent screen that a partner's program opened: the one of everywhere, with who asks and a first day. Frozen."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from consent.web import words
from consent.web.pages import consent, preview
from consent.web.pages.consent import ConsentPage
from consent.web.ways import Way
from integrations.oauth.inquiries import Question


@dataclass(frozen=True, slots=True)
class AuthorizePage:
    """`screen` is the consent screen; the rest is what only a partner's question has."""

    ref: str
    screen: ConsentPage
    application: str
    description: str
    back_to: str  # the host that the answer goes to
    begins: str
    past: bool


def page(
    question: Question,
    *,
    until: datetime,
    at: str,
    back_to: str,
    today: date,
    on: Collection[str] = (),
    past: bool = False,
    problem: str = "",
) -> AuthorizePage:
    """Return the screen of an open question. `at` is where it is posted to; every switch is off but for `on`."""
    manifest, application = question.manifest, question.application
    screen = consent.page(
        manifest,
        question.notice,
        preview=preview.of_fields(manifest, question.flows),
        until=until,
        way=Way.HERE,
        on=on,
        live=question.grant is not None,
        problem=problem,
        every_at=at,
    )
    return AuthorizePage(
        ref=question.ref,
        screen=screen,
        application=application.name or manifest.name,
        description=application.description or manifest.summary,
        back_to=back_to,
        begins=_begins(question.begins, today),
        past=past,
    )


def _begins(first: date, today: date) -> str:
    if first == today:
        return _("From today on")
    return _("From %(day)s on, as before") % {"day": words.weekday(first, today=today)}
