"""The question that a partner's program has put to a member: checked once, kept here, answered once (SR-2.7).

Saying yes changes the records of consent, ends the tokens that reach further than this yes, and leaves a code, all in
one transaction. Saying no leaves a live grant untouched.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from consent.grants import selectors, services
from consent.grants.errors import GrantError, NoticeChanged
from consent.grants.facts import EVERYTHING
from consent.grants.models import Grant, Notice, Receipt
from consent.grants.partners import manifest_today
from consent.manifests.shapes import Manifest
from integrations.oauth import credentials, families
from integrations.oauth.bearer import checksum
from integrations.oauth.models import Application, Code, Inquiry
from integrations.oauth.scopes import flows_of
from integrations.oauth.validator import served
from records.members.models import Member

REF = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)  # no database is asked for another text (SR-4.8)


class InquiryOver(GrantError):
    """It was answered, perhaps by the first of two presses, or waited too long, or is somebody else's."""

    def __init__(self) -> None:
        super().__init__(
            "This question is over. If you answered it, your answer is saved. "
            "If not, go back to the app that sent you here and start again."
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """What was checked of an authorization request. `redirect_sent`: the request named its address itself."""

    redirect_uri: str
    redirect_sent: bool
    state: str | None
    scopes: tuple[str, ...]
    challenge: str = ""

    def kept(self) -> dict[str, Any]:
        return {
            "redirect_uri": self.redirect_uri,
            "redirect_sent": self.redirect_sent,
            "state": self.state,
            "scopes": list(self.scopes),
            "challenge": self.challenge,
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Asked":
        return cls(**{**kept, "scopes": tuple(kept["scopes"])})


@dataclass(frozen=True, slots=True)
class Question:
    """An open question, ready to be drawn: who asks, for which flows, and since when a yes could begin."""

    ref: str
    application: Application
    manifest: Manifest
    asked: Asked
    flows: frozenset[str]
    grant: Grant | None
    begins: date

    @property
    def notice(self) -> Notice:
        return selectors.current_notice(self.manifest.slug, among=self.flows)


def open_question(member: Member, application: Application, asked: Asked, *, at: datetime) -> Question:
    """Keep a checked request, and record that its notice was put before the member. Raises InquiryOver."""
    inquiry = Inquiry(
        ref=secrets.token_urlsafe(32),
        member=member,
        application=application,
        checked=asked.kept(),
        asked_at=at,
    )
    question = _question(inquiry, member, at)
    with transaction.atomic():
        inquiry.save()
        services.serve_notice(member=member, partner=question.manifest.slug, among=question.flows, at=at)
    return question


def question_of(member: Member, ref: str, *, at: datetime) -> Question:
    """Return the member's own open question. Raises InquiryOver for one that is answered, late, or somebody else's."""
    if not REF.fullmatch(ref):
        raise InquiryOver
    inquiry = Inquiry.objects.select_related("application").filter(ref=ref, member=member).first()
    if inquiry is None or inquiry.asked_at + timedelta(seconds=settings.OAUTH_INQUIRY_SECONDS) <= at:
        raise InquiryOver
    return _question(inquiry, member, at)


@transaction.atomic
def refuse(member: Member, question: Question, *, at: datetime) -> None:
    """Record a no; what the member agreed to before goes on as it is. Raises InquiryOver."""
    _spend(question)
    services.refuse(member=member, partner=question.manifest.slug, notice=question.notice, at=at)


@transaction.atomic
def allow(
    member: Member, question: Question, *, flows: frozenset[str], notice: str, past: bool, at: datetime
) -> tuple[Receipt, str]:
    """Record a yes to these flows and return its receipt and a code for the partner. Raises GrantError.

    The code is in the answer alone; here only its SHA-256 is kept. Wider tokens of an earlier yes end now (SR-2.9).
    """
    shown = question.notice
    if notice != shown.digest:
        raise NoticeChanged
    receipt = services.allow(
        member=member,
        partner=question.manifest.slug,
        flows=flows,
        notice=shown,
        among=question.flows,
        history_from=EVERYTHING if past else question.begins,
        at=at,
    )
    _spend(question)
    families.end_wider(grant=receipt.grant, scopes=question.asked.scopes, at=at)
    return receipt, _code(member, question, receipt.grant, at)


def _spend(question: Question) -> None:
    """An answer is given once: of two presses, one finds the row and the other does not."""
    if not Inquiry.objects.filter(ref=question.ref).delete()[0]:
        raise InquiryOver


def _code(member: Member, question: Question, grant: Grant, at: datetime) -> str:
    asked, fresh = question.asked, credentials.code()
    scope = " ".join(asked.scopes)
    Code.objects.create(
        user=member,
        code=checksum(fresh),
        application=question.application,
        family=families.begin(application=question.application, grant=grant, scope=scope, at=at),
        expires=at + timedelta(seconds=settings.OAUTH_CODE_SECONDS),
        redirect_uri=asked.redirect_uri,
        redirect_was_sent=asked.redirect_sent,
        scope=scope,
        code_challenge=asked.challenge,
        code_challenge_method="S256" if asked.challenge else "",
    )
    return fresh


def _question(inquiry: Inquiry, member: Member, at: datetime) -> Question:
    application, asked = inquiry.application, Asked.read(inquiry.checked)
    manifest = manifest_today(application.partner)
    if manifest is None or not served(application.partner):
        raise InquiryOver
    flows = frozenset(flows_of(asked.scopes, manifest))
    if not flows:
        raise InquiryOver
    grant = selectors.live_grant(member, manifest.slug)
    return Question(inquiry.ref, application, manifest, asked, flows, grant, _begins(member, grant, at))


def _begins(member: Member, grant: Grant | None, at: datetime) -> date:
    """Return the first day of a yes without the past: today where the member lives, or of the yes it changes."""
    if grant is not None and grant.history_from > EVERYTHING:
        return grant.history_from
    return at.astimezone(ZoneInfo(member.timezone)).date()
