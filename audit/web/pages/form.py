"""The search form as it is drawn: each filter with its value, its choices, and what is wrong with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from audit.log.filters import DAY
from audit.ports import Recipient
from audit.web import words

NAMES = ("subject", "partner", "outcome", "data_type", "reason", "kind", "since", "until")


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One filter. With `choices` it is a list, else something to type; `problem` stands beside it (UX section 8.1)."""

    name: str
    label: str
    value: str
    kind: str = "text"
    choices: tuple[Choice, ...] = ()
    problem: str = ""
    hint: str = ""

    @property
    def id(self) -> str:
        return f"f-{self.name}"

    @property
    def list(self) -> bool:
        return bool(self.choices)


def labels() -> dict[str, str]:
    """Return what each filter is called on the page."""
    return {
        "subject": _("Member's pseudonym"),
        "partner": _("Recipient"),
        "outcome": _("Outcome"),
        "data_type": _("Data type"),
        "reason": _("Reason"),
        "kind": _("Kind of entry"),
        "since": _("From"),
        "until": _("To"),
    }


def fields(
    typed: Mapping[str, str],
    problems: Mapping[str, str],
    *,
    recipients: Mapping[str, Recipient],
    data_types: Mapping[str, str],
) -> tuple[Field, ...]:
    """Return the filters in the order of the page, with what was typed."""
    lists: dict[str, Iterable[tuple[str, str]]] = {
        "partner": sorted(((slug, each.name) for slug, each in recipients.items()), key=lambda pair: pair[1]),
        "outcome": [(key, str(said)) for key, said in words.OUTCOMES.items()],
        "data_type": sorted(data_types.items(), key=lambda pair: pair[1]),
        "kind": sorted(((key, words.kind(key)) for key in words.KINDS), key=lambda pair: pair[1]),
    }
    return tuple(
        Field(
            name=name,
            label=label,
            value=typed.get(name, ""),
            kind="date" if name in {"since", "until"} and _is_a_day(typed.get(name, "")) else "text",
            choices=_choices(lists.get(name, ()), typed.get(name, "")),
            problem=problems.get(name, ""),
        )
        for name, label in labels().items()
    )


def _is_a_day(value: str) -> bool:
    """What is no day is kept as it was typed: a field for dates would show nothing."""
    return not value or bool(DAY.fullmatch(value))


def _choices(pairs: Iterable[tuple[str, str]], chosen: str) -> tuple[Choice, ...]:
    """Return a list to choose from; a value that is not on it stays in sight, so that it can be corrected."""
    listed = [(value, label) for value, label in pairs]
    if not listed:
        return ()
    if chosen and chosen not in dict(listed):
        listed.append((chosen, chosen))
    return (
        Choice("", _("Any"), not chosen),
        *(Choice(value, label, value == chosen) for value, label in listed),
    )
