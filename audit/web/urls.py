"""The compliance face's addresses. Entries are named by their random event id; filters stand in the query."""

from django.urls import path

from audit.web.views import entries, exports, oversight, records, reports, verify

app_name = "compliance"

urlpatterns = [
    path("", records.listing, name="records"),
    path("entries/<uuid:event_id>/", entries.looked_at, name="entry"),
    path("entries/<uuid:event_id>/check/", entries.check, name="check_entry"),
    path("entries/<uuid:event_id>/proof.json", entries.proof, name="proof"),
    path("entries/at/<int:index>/", entries.at_index, name="entry_at"),
    path("verify/", verify.page, name="verify"),
    path("verify/verify_ringfence.py", verify.script, name="script"),
    path("exports/", exports.listing, name="exports"),
    path("exports/<uuid:ref>/", exports.one, name="export"),
    path("exports/<uuid:ref>/again/", exports.again, name="export_again"),
    path("exports/<uuid:ref>/<str:name>", exports.download, name="download"),
    path("reports/", reports.listing, name="reports"),
    path("reports/accounting/", reports.accounting, name="accounting"),
    path("reports/recipients/", reports.recipients, name="recipients"),
    path("reports/processing/", reports.processing, name="processing"),
    path("reports/breach/", reports.breach, name="breach"),
    path("oversight/", oversight.listing, name="oversight"),
    path("oversight/<slug:act>/", oversight.propose, name="propose"),
    path("oversight/<uuid:ref>/identity/", oversight.show, name="identity"),
    path("oversight/<uuid:ref>/approve/", oversight.decide, {"answer": "approve"}, name="approve"),
    path("oversight/<uuid:ref>/decline/", oversight.decide, {"answer": "decline"}, name="decline"),
]
