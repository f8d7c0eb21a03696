"""The member's addresses. A data type is named in none of them: access logs keep paths."""

from django.urls import path

from consent.web.views import consent, front, ledger, manage, partners, proofs, receipts, stop

app_name = "consent"

urlpatterns = [
    path("", front.landing, name="landing"),
    path("settings/", front.settings, name="settings"),
    path("help/", front.help_, name="help"),
    path("connections/", partners.listing, name="partners"),
    path("connections/<slug:partner>/", manage.partner_page, name="manage"),
    path("connections/<slug:partner>/connect/", consent.connect, name="connect"),
    path("connections/<slug:partner>/preview/", consent.preview, name="preview"),
    path("connections/<slug:partner>/turn-off/", manage.turn_off, name="turn_off"),
    path("connections/<slug:partner>/turn-on/", manage.turn_on, name="turn_on"),
    path("connections/<slug:partner>/try-again/", manage.try_again, name="try_again"),
    path("connections/<slug:partner>/revoke/", stop.revoke, name="revoke"),
    path("stop/", stop.listing, name="stop"),
    path("stop/all/", stop.revoke_all, name="stop_all"),
    path("activity/", ledger.listing, name="ledger"),
    path("activity/<uuid:entry>/proof.json", proofs.of_a_line, name="line_proof"),
    path("receipts/<uuid:ref>/", receipts.page, name="receipt"),
    path("receipts/<uuid:ref>.json", receipts.as_json, name="receipt_json"),
    path("receipts/<uuid:ref>.jws", receipts.as_jws, name="receipt_jws"),
    path("receipts/<uuid:ref>.fhir.json", receipts.as_fhir, name="receipt_fhir"),
    path(".well-known/jwks.json", receipts.keys, name="jwks"),
]
