"""Rows in groups: a long list gets a subheading for each kind, and what can reveal more stands by itself. Pure.

At most 7 rows stand before a subheading (UX section 11); a short list needs none.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.utils.translation import gettext_lazy

from records.vocabulary.data_types import DATA_TYPES, REVEALS
from records.vocabulary.shapes import Category

MOST = 7
Row = TypeVar("Row")

HEADINGS = {
    Category.ACTIVITY: gettext_lazy("Activity"),
    Category.HEART: gettext_lazy("Heart"),
    Category.SLEEP: gettext_lazy("Sleep"),
    Category.READINESS_STRESS: gettext_lazy("Readiness and stress"),
    Category.BODY: gettext_lazy("Body"),
    Category.TEMPERATURE: gettext_lazy("Temperature"),
    Category.METABOLIC: gettext_lazy("Food and glucose"),
    Category.MIND: gettext_lazy("Mind"),
    Category.NOTES: gettext_lazy("Notes"),
    Category.SIGNALS: gettext_lazy("Reminders and talks"),
    Category.DEVICE: gettext_lazy("Your ring"),
    Category.ACCOUNT: gettext_lazy("Your account"),
}


@dataclass(frozen=True, slots=True)
class Group(Generic[Row]):
    """Some rows under one subheading; "" = no subheading."""

    heading: str
    rows: tuple[Row, ...]


def grouped(rows: Iterable[Row], data_type: Callable[[Row], str]) -> tuple[Group[Row], ...]:
    """Return rows in the order given, under the kinds they belong to when there are more than a few."""
    listed = tuple(rows)
    if len(listed) <= MOST:
        return (Group("", listed),) if listed else ()
    by_kind: dict[Category, list[Row]] = {}
    for row in listed:
        by_kind.setdefault(DATA_TYPES[data_type(row)].category, []).append(row)
    order = [kind for kind in Category if kind in by_kind]
    return tuple(Group(str(HEADINGS[kind]), tuple(by_kind[kind])) for kind in order)


def reveals(data_type: str) -> str:
    """Return what a sensitive type can show besides itself; "" for one that is not sensitive."""
    return REVEALS.get(data_type, "")
