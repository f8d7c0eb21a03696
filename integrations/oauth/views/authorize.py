"""Where a member answers a partner's program: the consent screen, its answer, and the way back (SR-2.7, SR-4.3)."""

from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from csp.constants import NONE
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from oauth2_provider.views.base import AuthorizationView

from consent.grants import clock, services
from consent.grants.errors import GrantError, NoticeChanged
from consent.web import mail
from consent.web.pages import consent
from integrations.oauth import inquiries, pages
from integrations.oauth.inquiries import InquiryOver, Question
from integrations.oauth.requests import Checked, SentBack, Unusable, answered, check
from records.members.models import Member


class Authorize(AuthorizationView):
    """The toolkit's view with a question of our own. `prompt` and `approval_prompt` are not even read."""

    http_method_names = ["get", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A request is checked before anyone signs in for it; then it is put to whoever is signed in.

        Nobody is led to a program's address before they have signed in here, not with an error either: whoever
        followed a link to us would find themselves on a page of somebody else's (RFC 9700, 4.11.2).
        """
        if (request.method or "").lower() not in self.http_method_names:
            return self.http_method_not_allowed(request)
        checked = check(request.GET) if request.method != "POST" else None
        if isinstance(checked, Unusable):
            return _over(request, f"{checked.sentence} {_('Nothing was shared.')}", status=400)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), str(settings.LOGIN_URL))
        if isinstance(checked, SentBack):
            return _kept_by_nobody(HttpResponseRedirect(checked.address), "no-referrer")
        member = request.user
        with timezone.override(ZoneInfo(member.timezone)):
            answer = self.asked(request, member, checked) if checked else self.answered(request, member)
        return _kept_by_nobody(answer, answer.get("Referrer-Policy", "same-origin"))

    def asked(self, request: HttpRequest, member: Member, checked: Checked) -> HttpResponse:
        """Put the question. Nothing is said yes to before it is answered, whatever was answered in the past."""
        at = clock.now()
        try:
            question = inquiries.open_question(member, checked.application, checked.asked, at=at)
        except InquiryOver as over:
            return _over(request, str(over))
        return _ask(request, member, question, at)

    def answered(self, request: HttpRequest, member: Member) -> HttpResponse:
        """Take the answer: what is posted can only narrow what was checked."""
        at, posted = clock.now(), request.POST
        try:
            question = inquiries.question_of(member, posted.get("inquiry", ""), at=at)
        except InquiryOver as over:
            return _over(request, str(over))
        on, past = question.flows & frozenset(posted.getlist("flow")), posted.get("from") == "past"
        if pressed := posted.get("every", ""):
            return _ask(
                request,
                member,
                question,
                at,
                on=consent.every(question.notice, pressed, on, more=frozenset()),
                past=past,
            )
        match posted.getlist("decision"):
            case ["not_now"]:
                return _refused(request, member, question, at)
            case ["allow"]:
                return _allowed(request, member, question, at, past=past)
        return _ask(request, member, question, at, on=on, past=past, problem=_("Choose Allow or Not now."))


def _allowed(
    request: HttpRequest, member: Member, question: Question, at: datetime, *, past: bool
) -> HttpResponse:
    flows = frozenset(request.POST.getlist("flow"))
    try:
        _receipt, code = inquiries.allow(
            member, question, flows=flows, notice=request.POST.get("notice", ""), past=past, at=at
        )
    except InquiryOver as over:
        return _over(request, str(over))
    except GrantError as refused:
        if isinstance(refused, NoticeChanged):  # another text stands on the screen from here on
            services.serve_notice(member=member, partner=question.manifest.slug, among=question.flows, at=at)
        return _ask(request, member, question, at, on=question.flows & flows, past=past, problem=str(refused))
    mail.changed(member)
    asked = question.asked
    address = answered(asked.redirect_uri, code=code, state=asked.state, scope=" ".join(asked.scopes))
    return _go_on(request, address, question, _("Your choice is saved."))


def _refused(request: HttpRequest, member: Member, question: Question, at: datetime) -> HttpResponse:
    try:
        inquiries.refuse(member, question, at=at)
    except InquiryOver as over:
        return _over(request, str(over))
    asked, why = question.asked, "The member chose Not now."
    address = answered(asked.redirect_uri, error="access_denied", error_description=why, state=asked.state)
    return _go_on(request, address, question, _("You chose Not now. Nothing changed."))


def _ask(
    request: HttpRequest, member: Member, question: Question, at: datetime, *, problem: str = "", **kept: Any
) -> HttpResponse:
    """Draw the screen. A problem is a 422 with its sentence on top and the switches as they were posted."""
    page = pages.page(
        question,
        until=at + services.TERM,
        at=reverse("oauth:authorize"),
        back_to=urlsplit(question.asked.redirect_uri).hostname or "",
        today=at.astimezone(ZoneInfo(member.timezone)).date(),
        problem=problem,
        **kept,
    )
    context = {"ask": page, "page": page.screen}
    return render(request, "oauth/authorize.html", context, status=422 if problem else 200)


def _go_on(request: HttpRequest, address: str, question: Question, sentence: str) -> HttpResponse:
    """A page that leads back by itself and by a link: a browser blocks a redirect after a form (SR-4.3)."""

    @csp_replace({"form-action": [NONE]})
    def drawn(request: HttpRequest) -> HttpResponseBase:
        name = question.application.name or question.manifest.name
        return render(
            request, "oauth/continue.html", {"address": address, "name": name, "sentence": sentence}
        )

    answer = cast(HttpResponse, drawn(request))
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _over(request: HttpRequest, sentence: str, *, status: int = 410) -> HttpResponse:
    told = {"title": _("This did not work"), "sentence": sentence, "status": status}
    return _kept_by_nobody(render(request, "error.html", told, status=status), "same-origin")


def _kept_by_nobody(answer: HttpResponse, referrer: str) -> HttpResponse:
    answer["Cache-Control"] = "no-store, private"
    answer["Referrer-Policy"] = referrer
    return answer
