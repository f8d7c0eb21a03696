"""A member's receipts: as a page, as JSON, as a signature, as FHIR; and the keys that signed them, for anyone."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consent.grants import receipts_fhir, signing
from consent.grants.errors import ReceiptAltered
from consent.grants.models import Receipt
from consent.manifests.register import manifest_of
from consent.web import selectors
from consent.web.entrance import member_of, member_page
from consent.web.pages import receipts

View = Callable[[HttpRequest, UUID], HttpResponse]


def whole(view: View) -> View:
    """Say so in words where what is stored as a receipt is not what was signed."""

    @wraps(view)
    def answered(request: HttpRequest, ref: UUID) -> HttpResponse:
        try:
            return view(request, ref)
        except ReceiptAltered as altered:
            told = {"title": _("This receipt cannot be shown to be ours"), "sentence": str(altered)}
            return render(request, "error.html", told, status=409)

    return answered


@member_page
@require_safe
@whole
def page(request: HttpRequest, ref: UUID) -> HttpResponse:
    receipt = _own(request, ref)
    manifest = manifest_of(receipt.grant.partner)
    name = manifest.name if manifest else receipt.grant.partner
    listed = manifest is not None and manifest.listed
    return render(
        request, "consent/receipt.html", {"page": receipts.page(receipt, name=name), "listed": listed}
    )


@member_page
@require_safe
@whole
def as_json(request: HttpRequest, ref: UUID) -> HttpResponse:
    return JsonResponse(signing.document_of(_own(request, ref)))


@member_page
@require_safe
def as_jws(request: HttpRequest, ref: UUID) -> HttpResponse:
    return HttpResponse(_own(request, ref).jws, content_type="application/jose")


@member_page
@require_safe
@whole
def as_fhir(request: HttpRequest, ref: UUID) -> HttpResponse:
    resource = receipts_fhir.resource(signing.document_of(_own(request, ref)))
    return JsonResponse(resource, content_type="application/fhir+json")


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The public keys (RFC 7517): whoever holds a receipt can check it without us."""
    return JsonResponse(signing.jwks(), content_type="application/jwk-set+json")


def _own(request: HttpRequest, ref: UUID) -> Receipt:
    receipt = selectors.receipt_of(member_of(request), ref)
    if receipt is None:
        raise Http404
    return receipt
