"""What somebody looks for in the log: one frozen set of filters for pages, exports and reports alike. Pure.

What makes no sense is refused with the filter's name. Nothing typed in reaches a database but as a parameter.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from audit.log.events import Outcome, written

SLUG = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOST = 20  # of kinds or pseudonyms typed into one filter


class FilterRefused(ValueError):
    """A filter makes no sense. `name` says which, `message` what to do."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name, self.message = name, message


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which entries are meant. Empty means any; all that are given must hold.

    Times are aware UTC, `until` is exclusive. `subjects` are pseudonyms: an entry about any one of them is meant.
    """

    since: datetime | None = None
    until: datetime | None = None
    subjects: tuple[str, ...] = ()
    partner: str = ""
    data_type: str = ""
    kinds: tuple[str, ...] = ()
    outcome: str = ""
    reason: str = ""

    def where(self, alias: str = "e", *, vendor: str = "postgresql") -> tuple[str, list[Any]]:
        """Return the condition on the log's table under that alias, with its parameters, for a database by its name.

        "TRUE" when nothing is filtered. Conditions are written so that each index of the table can answer its own.
        """
        parts: list[tuple[str, list[Any]]] = []
        if self.since:
            parts.append((f"{alias}.at >= %s", [_plain(self.since)]))
        if self.until:
            parts.append((f"{alias}.at < %s", [_plain(self.until)]))
        for column, among in (("subject", self.subjects), ("kind", self.kinds)):
            if among:
                parts.append((f"{alias}.{column} IN ({', '.join(['%s'] * len(among))})", list(among)))
        for column, one in (("partner", self.partner), ("outcome", self.outcome), ("reason", self.reason)):
            if one:
                parts.append((f"{alias}.{column} = %s", [one]))
        if self.data_type and vendor == "postgresql":
            parts.append((f"string_to_array({alias}.types, ' ') @> ARRAY[%s]::text[]", [self.data_type]))
        elif self.data_type:
            parts.append((f"instr({alias}.types, %s) > 0", [f" {self.data_type} "]))
        return " AND ".join(sql for sql, _ in parts) or "TRUE", [one for _, given in parts for one in given]

    def told(self) -> dict[str, Any]:
        """Return the filters as manifests and events tell them: times in UTC, nothing that is empty."""
        told = {
            "since": self.since and written(self.since),
            "until": self.until and written(self.until),
            "subjects": list(self.subjects),
            "partner": self.partner,
            "data_type": self.data_type,
            "kinds": list(self.kinds),
            "outcome": self.outcome,
            "reason": self.reason,
        }
        return {name: value for name, value in told.items() if value}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Filters":
        """Return the filters that `told` told."""
        given = dict(told)
        for name in ("since", "until"):
            if given.get(name):
                given[name] = datetime.fromisoformat(given[name])
        for name in ("subjects", "kinds"):
            given[name] = tuple(given.get(name, ()))
        return cls(**given)


def parsed(
    raw: Mapping[str, str],
    *,
    partners: Collection[str],
    data_types: Collection[str],
    subjects_of: Callable[[str], Collection[str]] | None = None,
) -> Filters:
    """Return the filters that a person typed in. Raises FilterRefused.

    Keys: since, until, subject, member, partner, data_type, kind, outcome, reason; `subject` and `kind` may name
    several with commas between. A time without a zone is UTC; a day as `until` is meant with the day itself.
    `subjects_of` finds the pseudonyms of a member by address; others than those keys are passed over.
    """
    given = {name: str(value).strip() for name, value in raw.items()}
    since, until = _moment(given, "since"), _moment(given, "until")
    if since and until and until <= since:
        raise FilterRefused("until", "it is not after since. Give a later time, or swap the two.")
    return Filters(
        since=since,
        until=until,
        subjects=_subjects(given, subjects_of),
        partner=_known(given, "partner", partners, "There is no such partner in the catalogue."),
        data_type=_known(given, "data_type", data_types, "There is no such data type in the catalogue."),
        kinds=_several(given, "kind", "Kinds look like release.permitted."),
        outcome=_known(
            given, "outcome", [one.value for one in Outcome if one], "It is one of out, in, blocked."
        ),
        reason=next(iter(_several(given, "reason", "Reasons look like toggle_off.", most=1)), ""),
    )


def _moment(given: Mapping[str, str], name: str) -> datetime | None:
    text = given.get(name, "")
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        if name == "until" and DAY.fullmatch(text):
            found += timedelta(days=1)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        message = "this is no time. Write it as 2026-11-20 or 2026-11-20T12:00:00Z."
        raise FilterRefused(name, message) from None


def _subjects(
    given: Mapping[str, str], subjects_of: Callable[[str], Collection[str]] | None
) -> tuple[str, ...]:
    subjects = _several(given, "subject", "A pseudonym is letters and digits, as the log shows it.")
    member = given.get("member", "")
    if not member:
        return subjects
    if "\0" in member or subjects_of is None:
        raise FilterRefused("member", "nobody can be looked up by address here. Filter by subject.")
    theirs = tuple(sorted(subjects_of(member)))
    found = tuple(one for one in theirs if one in subjects) if subjects else theirs
    if not found:
        raise FilterRefused("member", "the log knows no pseudonym of such a member. Check the address.")
    return found


def _known(given: Mapping[str, str], name: str, known: Collection[str], otherwise: str) -> str:
    value = given.get(name, "")
    if value and value not in known:
        raise FilterRefused(name, otherwise)
    return value


def _several(given: Mapping[str, str], name: str, otherwise: str, *, most: int = MOST) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(one for part in given.get(name, "").split(",") if (one := part.strip())))
    if len(values) > most:
        raise FilterRefused(name, f"at most {most} at once.")
    if not all(SLUG.fullmatch(one) for one in values):
        raise FilterRefused(name, otherwise)
    return values


def _plain(at: datetime) -> str:
    """Return a time as SQLite keeps it and PostgreSQL reads it: its sessions are set to UTC by Django."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
