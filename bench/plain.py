"""What anyone would write first: a table with a column a field, a ModelSerializer, and the toolkit's authentication.

It has no gate, no projection, no sealing, no audit and no limit. G7 holds the partner API against it.
"""

from typing import Any, ClassVar

from django.db import connection, models
from oauth2_provider.contrib.rest_framework.authentication import OAuth2Authentication
from oauth2_provider.contrib.rest_framework.permissions import TokenHasScope
from oauth2_provider.oauth2_backends import OAuthLibCore
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.oauth2 import Server
from rest_framework import generics, pagination, serializers

from records.vocabulary.registry import KINDS
from records.vocabulary.shapes import Value

COLUMNS: dict[Value, Any] = {
    Value.INTEGER: models.IntegerField,
    Value.NUMBER: models.FloatField,
    Value.BOOLEAN: models.BooleanField,
    Value.DATE: models.DateField,
    Value.DATETIME: models.DateTimeField,
    Value.SAMPLE: models.JSONField,
}


def table_of(kind: str) -> type[models.Model]:
    """Return a model with a column for each top-level field of a kind; nested objects and series are JSON."""
    columns: dict[str, Any] = {"owner": models.UUIDField(db_index=True), "__module__": __name__}
    for leaf in KINDS[kind].fields:
        name, _, nested = leaf.path.partition(".")
        if leaf.own or name in columns or name == "id":
            continue
        column = models.JSONField if nested else COLUMNS.get(leaf.value, models.TextField)
        columns[name] = column(null=True)
    columns["Meta"] = type("Meta", (), {"app_label": "bench", "db_table": f"bench_{kind.lower()}"})
    made: type[models.Model] = type(f"Plain{kind.title().replace('_', '')}", (models.Model,), columns)
    return made


def filled(model: Any, owner: Any, bodies: list[dict[str, Any]]) -> None:
    """Make the table and fill it with documents."""
    with connection.schema_editor() as editor:
        editor.create_model(model)
    names = {column.name for column in model._meta.fields} - {"id", "owner"}
    rows = [{name: body.get(name) for name in names} for body in bodies]
    model.objects.bulk_create([model(owner=owner, **row) for row in rows])


def view_of(model: Any) -> Any:
    """Return the list view of a table, as the two packages' own tutorials write it."""

    class Documents(serializers.ModelSerializer[Any]):
        class Meta:
            exclude: ClassVar[list[str]] = ["owner"]

    Documents.Meta.model = model  # type: ignore[attr-defined]

    class Page(pagination.LimitOffsetPagination):
        default_limit = 1000

    class Listed(generics.ListAPIView[Any]):
        authentication_classes = (_Default,)
        permission_classes = (TokenHasScope,)
        required_scopes: ClassVar[list[str]] = ["daily"]
        serializer_class = Documents
        pagination_class = Page

        def get_queryset(self) -> Any:
            asked = self.request.query_params
            within = {"day__gte": asked["start_date"], "day__lte": asked["end_date"]}
            return model.objects.filter(owner=self.request.user.pk, **within).order_by("day")

    return Listed.as_view()


class _Default(OAuth2Authentication):
    """The toolkit's authentication with its own validator, whatever profile this house gives it elsewhere."""

    def authenticate(self, request: Any) -> Any:
        core: Any = OAuthLibCore
        valid, found = core(Server(OAuth2Validator())).verify_request(request, scopes=[])
        return (found.user, found.access_token) if valid else None
