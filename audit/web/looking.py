"""What a compliance page was asked for: filters from the address, with the last thirty days where none were given."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from audit import ports
from audit.log.filters import FilterRefused, Filters, parsed
from audit.ports import Recipient
from audit.web.pages.form import NAMES

MONTH = 30  # days


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters in force as they were typed; `problems` by name when they make no sense, and then no `filters`."""

    typed: Mapping[str, str]
    filters: Filters | None
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        return urlencode({name: value for name, value in self.typed.items() if value})


@dataclass(frozen=True, slots=True)
class Names:
    """The catalogue as one page needs it: read once."""

    recipients: Mapping[str, Recipient]
    data_types: Mapping[str, str]


def names() -> Names:
    catalogue = ports.catalogue()
    return Names(catalogue.recipients(), catalogue.data_types())


def asked(request: HttpRequest, known: Names) -> Asked:
    """Read the filters of a search. A search that names no day is about the last thirty."""
    typed = {name: request.GET.get(name, "").strip() for name in NAMES}
    if "since" not in request.GET and "until" not in request.GET:
        today = timezone.now().date()
        typed["since"] = (today - timedelta(days=MONTH - 1)).isoformat()
        typed["until"] = today.isoformat()
    return of(typed, known)


def of(typed: Mapping[str, str], known: Names) -> Asked:
    """Return what these words ask for, or what is wrong with them."""
    try:
        filters = parsed(typed, partners=known.recipients.keys(), data_types=known.data_types.keys())
    except FilterRefused as refused:
        return Asked(typed, None, {refused.name: _said(refused)})
    return Asked(typed, filters)


def _said(refused: FilterRefused) -> str:
    """Return what is wrong in the words of the page, which calls the two days From and To."""
    if refused.name == "until" and "since" in refused.message:
        return _("To is before From. Give a later day, or swap the two.")
    return refused.message[:1].upper() + refused.message[1:]


def without(asked: Asked) -> dict[str, Filters]:
    """Return, for each filter in force, the filters without it. The two days count as one."""
    if asked.filters is None:
        return {}
    fewer = {
        "subject": replace(asked.filters, subjects=()),
        "partner": replace(asked.filters, partner=""),
        "outcome": replace(asked.filters, outcome=""),
        "data_type": replace(asked.filters, data_type=""),
        "reason": replace(asked.filters, reason=""),
        "kind": replace(asked.filters, kinds=()),
        "since": replace(asked.filters, since=None, until=None),
    }
    return {name: less for name, less in fewer.items() if less != asked.filters}
