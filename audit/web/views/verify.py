"""Checking the whole log again, and what anybody needs to check it without us."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

import audit.outside
from audit.proofs import selectors as tree
from audit.proofs import signing, verification, witness
from audit.proofs.errors import SequencerStopped
from audit.web import acts, checks, states
from audit.web.entrance import compliance_page
from audit.web.pages import verify as pages

SHOWN = 20  # of the verdicts before
CONFLICT = 409
SCRIPT = Path(audit.outside.__path__[0]) / "verify_ringfence.py"


@compliance_page
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show the state; posted, check again: a short log before the answer, a long one by the worker."""
    if request.method != "POST":
        last = checks.last()
        return _drawn(request, problem=last.trouble if last else "")
    try:
        checks.ask(acts.actor(request))
    except SequencerStopped as stopped:
        return _drawn(request, problem=str(stopped), status=CONFLICT)
    answer = redirect("compliance:verify")
    answer.status_code = 303  # what was posted is fetched (SR-2.14)
    return answer


def _drawn(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    check = checks.under_way()
    try:
        vkey = signing.vkeys()[0]
    except SequencerStopped as stopped:
        vkey, problem = "", problem or str(stopped)
    history = verification.newest(SHOWN)
    drawn = pages.page(
        seal=states.seal(history),
        check=check,
        history=history,
        checkpoint=tree.latest(),
        vkey=vkey,
        origin=signing.origin(),
        witness=witness.name(),
        problem=problem,
    )
    return render(request, "audit/verify.html", {"page": drawn, "here": "verify"}, status=status)


@compliance_page
@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """Hand out the script that checks without us: one file that imports nothing of ours."""
    answer = HttpResponse(SCRIPT.read_bytes(), content_type="text/x-python; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{SCRIPT.name}"'
    return answer
