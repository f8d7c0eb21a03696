"""The question: what may leave, what may come in, what never leaves; and the member's answer."""

from collections.abc import Collection

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consent.grants import clock, selectors, services
from consent.grants.errors import GrantError
from consent.grants.models import Notice, Receipt
from consent.grants.ports import aftermath
from consent.manifests.shapes import Manifest
from consent.web import asking, confirming, mail, words
from consent.web.answers import callback_base, go_on, see_other
from consent.web.asking import Question
from consent.web.entrance import by_post, member_of, member_page, partner_or_404
from consent.web.pages import consent
from consent.web.previewing import preview_of
from consent.web.ways import Way, what_to_do

CONNECT = "connect"


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: HttpRequest, partner: str) -> HttpResponse:
    """Ask, and take the answer. Every switch starts off, on every visit."""
    manifest = partner_or_404(partner)
    question = asking.question_for(member_of(request), manifest)
    if question.way is Way.NO_CONNECTION:
        return _no_connection(request, manifest)
    if request.method != "POST":
        return _asked(request, manifest, question)
    notice = selectors.current_notice(partner)
    decision = request.POST.getlist("decision")
    if decision == ["not_now"]:
        return _refused(request, manifest, notice)
    posted = frozenset(request.POST.getlist("flow"))
    if question.way is not Way.HERE:
        problem = what_to_do(manifest, question.way)
        return _ask(request, manifest, question, notice, problem=problem)
    if decision != ["allow"]:
        problem = _("Choose Allow or Not now.")
        return _ask(request, manifest, question, notice, on=posted, problem=problem)
    return _allow(request, manifest, question, notice, posted)


@member_page
@by_post("consent:connect")
def preview(request: HttpRequest, partner: str) -> HttpResponse:
    """Show what would have moved: the panel alone for a switch change, the whole page without script.

    All and None of a section come here too: they change switches on the page and store nothing.
    """
    manifest = partner_or_404(partner)
    question = asking.question_for(member_of(request), manifest)
    if question.way is Way.NO_CONNECTION:
        raise Http404
    on = _declared(manifest, question) & frozenset(request.POST.getlist("flow"))
    if request.headers.get("HX-Request"):
        shown = preview_of(member_of(request), manifest, on | question.agreed, only=on)
        return render(request, "consent/preview.html", {"preview": shown})
    notice = selectors.current_notice(partner)
    if pressed := request.POST.get("every", ""):
        on = consent.every(notice, pressed, on, more=question.more)
    return _ask(request, manifest, question, notice, on=on)


def _asked(request: HttpRequest, manifest: Manifest, question: Question) -> HttpResponse:
    """Show the question. Where there is a choice to make, it is recorded that the notice was put before the member."""
    if question.way is not Way.HERE:
        return _ask(request, manifest, question, selectors.current_notice(manifest.slug))
    if request.method == "HEAD":  # nobody reads what a HEAD would show
        return _ask(request, manifest, question, selectors.current_notice(manifest.slug))
    notice = services.serve_notice(member=member_of(request), partner=manifest.slug)
    waiting = confirming.kept(request, act=CONNECT, partner=manifest.slug)
    return _ask(request, manifest, question, notice, on=waiting, resumed=bool(waiting))


def _refused(request: HttpRequest, manifest: Manifest, notice: Notice) -> HttpResponse:
    services.refuse(member=member_of(request), partner=manifest.slug, notice=notice)
    messages.info(request, _("You chose Not now. Nothing changed for %(name)s.") % {"name": manifest.name})
    return see_other(reverse("consent:partners"))


def _allow(
    request: HttpRequest, manifest: Manifest, question: Question, notice: Notice, flows: frozenset[str]
) -> HttpResponse:
    shown = request.POST.get("notice", notice.digest)
    declared = _declared(manifest, question)
    if shown != notice.digest:
        problem = _("What %(name)s asks for has changed. Please read it again.") % {"name": manifest.name}
        return _ask(request, manifest, question, notice, problem=problem)
    if flows and flows <= declared and confirming.asked_first(request, flows):
        back = reverse("consent:connect", args=[manifest.slug])
        return confirming.keep_and_ask(request, act=CONNECT, partner=manifest.slug, flows=flows, back=back)
    member = member_of(request)
    try:
        if question.more:
            receipt = asking.add(question, flows)
        else:
            receipt = services.allow(member=member, partner=manifest.slug, flows=flows, notice=notice)
    except GrantError as refused:
        return _ask(request, manifest, question, notice, on=flows & declared, problem=str(refused))
    mail.changed(member)
    return _after(request, manifest, receipt, flows)


def _after(request: HttpRequest, manifest: Manifest, receipt: Receipt, flows: frozenset[str]) -> HttpResponse:
    """Lead on to the partner where it has a say; else to the page where it is managed."""
    allowed = _("You allowed %(types)s.") % {"types": words.types(len(flows))}
    address = aftermath().continue_address(grant_ref=receipt.grant_id, callback_base=callback_base(request))
    if address is not None:
        taking = _("%(allowed)s Taking you to %(name)s.") % {"allowed": allowed, "name": manifest.name}
        return go_on(request, address=address, name=manifest.name, sentence=taking)
    messages.success(request, allowed)
    return see_other(reverse("consent:manage", args=[manifest.slug]))


def _ask(
    request: HttpRequest,
    manifest: Manifest,
    question: Question,
    notice: Notice,
    *,
    on: Collection[str] = (),
    problem: str = "",
    resumed: bool = False,
) -> HttpResponse:
    """Draw the screen. A problem is a 422 with its sentence on top and the switches as they were posted."""
    shown = _declared(manifest, question) & frozenset(on)
    page = consent.page(
        manifest,
        notice,
        preview=preview_of(member_of(request), manifest, shown | question.agreed, only=shown),
        until=question.grant.expires_at if question.grant and question.more else clock.now() + services.TERM,
        way=question.way,
        on=on,
        live=question.grant is not None,
        more=question.more,
        agreed=question.agreed,
        problem=problem,
        resumed=resumed,
    )
    return render(request, "consent/connect.html", {"page": page}, status=422 if problem else 200)


def _declared(manifest: Manifest, question: Question) -> frozenset[str]:
    return question.more or frozenset(flow.key for flow in manifest.flows)


def _no_connection(request: HttpRequest, manifest: Manifest) -> HttpResponse:
    """A partner that asks for nothing says so honestly, and takes no answer."""
    if request.method == "POST":
        raise Http404
    page = consent.honest(manifest)
    return render(request, "consent/no_connection.html", {"page": page})
