"""What the member API answers, one serializer a shape: they are the schema, and turn our rows into it."""

from typing import Any

from rest_framework import serializers

Shape = serializers.Serializer


class Toggle(Shape[Any]):
    flow = serializers.CharField(help_text="Direction and data type, as `export:workout`.")
    on = serializers.BooleanField()
    changed_at = serializers.DateTimeField()


class Connection(Shape[Any]):
    ref = serializers.UUIDField()
    partner = serializers.CharField()
    name = serializers.CharField(help_text="What the partner is called.")
    status = serializers.ChoiceField(choices=["active", "withdrawn", "revoked", "expired"])
    given_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    history_from = serializers.DateField(help_text="The first day that the yes covers.")
    toggles = Toggle(many=True)


class ReceiptRow(Shape[Any]):
    ref = serializers.UUIDField()
    connection = serializers.UUIDField()
    partner = serializers.CharField()
    number = serializers.IntegerField()
    change = serializers.CharField()
    at = serializers.DateTimeField()


class Line(Shape[Any]):
    """One line of the ledger. It holds no health value."""

    ref = serializers.UUIDField()
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    partner = serializers.CharField(allow_blank=True)
    outcome = serializers.ChoiceField(choices=["out", "in", "blocked", ""])
    reason = serializers.CharField(allow_blank=True)
    data_types = serializers.ListField(child=serializers.CharField())
    sentence = serializers.CharField()
    receipt = serializers.UUIDField(allow_null=True, help_text="The receipt of this change, where it is one.")


class Stopped(Shape[Any]):
    connection = serializers.UUIDField()
    receipt = serializers.UUIDField()
    still_open = serializers.IntegerField(help_text="How much was on its way and may still arrive.")


class Change(Shape[Any]):
    flow = serializers.CharField(max_length=64)
    on = serializers.BooleanField(help_text="false. A key cannot say yes: true is answered with 403.")


class ProblemDocument(Shape[Any]):
    """RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    request_id = serializers.UUIDField()
    where = serializers.CharField(required=False, help_text="Where the member can do it.")


class ConnectionPage(Shape[Any]):
    data = Connection(many=True)  # type: ignore[assignment]  # a field of that name, not the rows
    next = serializers.UUIDField(allow_null=True, help_text="Give it as `after` for the next page.")


class ReceiptPage(Shape[Any]):
    data = ReceiptRow(many=True)  # type: ignore[assignment]  # a field of that name, not the rows
    next = serializers.UUIDField(allow_null=True, help_text="Give it as `after` for the next page.")


class LedgerPage(Shape[Any]):
    data = Line(many=True)  # type: ignore[assignment]  # a field of that name, not the rows
    next = serializers.UUIDField(allow_null=True, help_text="Give it as `after` for the next page.")


class StoppedAll(Shape[Any]):
    data = Stopped(many=True)  # type: ignore[assignment]  # a field of that name, not the rows
