"""What may leave: a `Release` to a partner, and a `Preview` that only the member sees. Only the gate makes either.

Both print masked and refuse pickling, copying and JSON, so that they cannot stray into a cache, a session, a task, a
log line or an error report. Egress takes a `Release` and refuses a `Preview`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NoReturn
from uuid import UUID

from consent.gate.shapes import Reason

_GATE: Final = object()  # held by the gate's projection and door alone


class ReleaseForged(TypeError):
    """Something that is not the gate tried to make a release."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"Only the gate makes a {kind}. Ask `consent.gate.door` for one.")


@dataclass(frozen=True, slots=True)
class Refusal:
    """The gate said no. `event_id` names the entry that says so."""

    reason: Reason
    event_id: UUID


class _Sealed:
    """The manners that both share."""

    __slots__ = ("_fields", "data_type", "day", "kind", "partner")

    def __init__(
        self, token: object, *, partner: str, data_type: str, kind: str, day: date, fields: Mapping[str, Any]
    ) -> None:
        if token is not _GATE:
            raise ReleaseForged(type(self).__name__)
        self.partner, self.data_type, self.kind, self.day = partner, data_type, kind, day
        self._fields = fields

    @property
    def fields(self) -> Mapping[str, Any]:
        """The projected fields with their envelope, as they may leave."""
        return self._fields

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.data_type} to {self.partner}: •••>"

    __str__ = __repr__

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(f"A {type(self).__name__} is not pickled, copied or stored. Pass references instead.")

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__module__ != __name__:
            raise ReleaseForged(cls.__name__)


class Release(_Sealed):
    """The minimum necessary of one document for one flow of one partner, decided at the moment of leaving.

    `document_id` is the recipient's own id for the document; `event_id` names the audit entry committed before it
    leaves; `decided_at` is the database's time of the decision.
    """

    __slots__ = ("decided_at", "document_id", "event_id")

    def __init__(
        self,
        token: object,
        *,
        partner: str,
        data_type: str,
        kind: str,
        day: date,
        fields: Mapping[str, Any],
        document_id: UUID,
        event_id: UUID,
        decided_at: datetime,
    ) -> None:
        super().__init__(token, partner=partner, data_type=data_type, kind=kind, day=day, fields=fields)
        self.document_id, self.event_id, self.decided_at = document_id, event_id, decided_at


class Preview(_Sealed):
    """What would have left, shown to the member who owns it and to nobody else."""

    __slots__ = ()
