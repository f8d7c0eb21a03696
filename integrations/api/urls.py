"""The partner API's addresses. None ends in a slash, and none redirects to one.

What else is under `/v1` and `/v2` is no route: rooms that have some there are asked before this one.
"""

from django.urls import path, re_path

from integrations.api import views

_COLLECTION = "v2/usercollection/<str:collection>"
_SANDBOX = "v2/sandbox/usercollection/<str:collection>"

urlpatterns = [
    path(_COLLECTION, views.listed),
    path(f"{_COLLECTION}/<str:document_id>", views.one),
    path(_SANDBOX, views.sandbox_listed),
    path(f"{_SANDBOX}/<str:document_id>", views.sandbox_one),
    re_path(r"^v[12](?:/.*)?$", views.nothing),
]
