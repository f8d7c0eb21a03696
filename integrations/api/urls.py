"""The partner API's addresses. None ends in a slash, and none redirects to one."""

from django.urls import path, re_path

from integrations.api import views

_COLLECTION = "v2/usercollection/<str:collection>"
_SANDBOX = "v2/sandbox/usercollection/<str:collection>"

urlpatterns = [
    path(_COLLECTION, views.listed),
    path(f"{_COLLECTION}/<str:document_id>", views.one),
    path(_SANDBOX, views.sandbox_listed),
    path(f"{_SANDBOX}/<str:document_id>", views.sandbox_one),
    re_path(r"^(?:v1|v2/usercollection|v2/sandbox)(?:/.*)?$", views.nothing),
]
