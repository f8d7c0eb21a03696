"""A member's own proof of one line: what the log says, where it stands, and the signed seal over it (SR-8.5)."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit.proofs import proving
from audit.proofs.errors import EntryWaits
from consent.web import selectors
from consent.web.entrance import member_of, member_page


@member_page
@require_safe
def of_a_line(request: HttpRequest, entry: UUID) -> HttpResponse:
    """Hand out the proof as a file. Another member's line is none at all (SR-4.7)."""
    if not selectors.line_of(member_of(request), entry):
        raise Http404
    try:
        proof = proving.inclusion(entry)
    except EntryWaits:
        said = _("This line was written a moment ago. Its proof is ready in a second. Please try again.")
        return JsonResponse({"error": said}, status=404, headers={"Retry-After": "1"})
    name = f"proof-{str(entry)[:8]}.json"
    shown = {"ensure_ascii": False, "indent": 2}
    return JsonResponse(
        proof, json_dumps_params=shown, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
