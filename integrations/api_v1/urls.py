"""The member API, its schema and its docs. No address names a partner or a data type: access logs keep paths."""

from django.urls import path, re_path

from integrations.api_v1 import docs
from integrations.api_v1.views import (
    Connections,
    Ledger,
    NoSuchRoute,
    OneConnection,
    OneReceipt,
    Receipts,
    SignedReceipt,
    Stop,
    StopAll,
    Toggles,
)

app_name = "api_v1"
urlpatterns = [
    path("v1/connections", Connections.as_view(), name="connections"),
    path("v1/connections/<uuid:ref>", OneConnection.as_view(), name="connection"),
    path("v1/connections/<uuid:ref>/toggles", Toggles.as_view(), name="toggles"),
    path("v1/connections/<uuid:ref>/stop", Stop.as_view(), name="stop"),
    path("v1/stop", StopAll.as_view(), name="stop_all"),
    path("v1/receipts", Receipts.as_view(), name="receipts"),
    path("v1/receipts/<uuid:ref>", OneReceipt.as_view(), name="receipt"),
    path("v1/receipts/<uuid:ref>.jws", SignedReceipt.as_view(), name="receipt_jws"),
    path("v1/ledger", Ledger.as_view(), name="ledger"),
    path("schema/", docs.schema, name="schema"),
    path("docs/", docs.page, name="docs"),
    re_path(r"^v1(?:/.*)?$", NoSuchRoute.as_view(), name="nothing"),
]
