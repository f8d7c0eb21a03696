"""What is mounted of the authorization server: these addresses and no other (SR-2.6)."""

from django.urls import path

from integrations.oauth.views.authorize import Authorize
from integrations.oauth.views.metadata import metadata
from integrations.oauth.views.revoke import introspect, revoke
from integrations.oauth.views.token import token

app_name = "oauth"
urlpatterns = [
    path("oauth/authorize", Authorize.as_view(), name="authorize"),
    path("oauth/token", token, name="token"),
    path("oauth/revoke", revoke, name="revoke"),
    path("oauth/introspect", introspect, name="introspect"),
    path(".well-known/oauth-authorization-server", metadata, name="metadata"),
]
