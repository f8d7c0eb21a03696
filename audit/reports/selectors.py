"""Reading the log for reports: what went out about somebody, what they had allowed, what a breach touched.

Facts are read from the entries' own bytes, the same ones that were hashed. Both databases are asked in SQL, so that a
long window is added up where it lies.
"""

import base64
import json
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from audit.log.models import Entry
from audit.proofs.models import Checkpoint
from audit.reports.breach import Affected, Criteria
from audit.reports.disclosures import Choice, Outgoing
from audit.reports.shapes import Head, Window

AT_ONCE = 2000
NOT_SURE = ("delivery.may_have_arrived", "event.may_have_arrived")
# A decision is at most its lease older than how it ended. The day lets PostgreSQL look into two months at most.
_DECISION = {
    "postgresql": """LEFT JOIN audit_log_entry d ON d.event_id = ({entry})::uuid
        AND d.at <= e.at AND d.at > e.at - interval '1 day'""",
    "sqlite": "LEFT JOIN audit_log_entry d ON d.event_id = replace({entry}, '-', '')",
}
_FACT = {
    "postgresql": "(convert_from({of}.body, 'UTF8')::jsonb -> 'facts' ->> '{name}')",
    "sqlite": "json_extract(CAST({of}.body AS TEXT), '$.facts.{name}')",
}


def head() -> Head | None:
    """Return the newest signed head; None while nothing was signed yet."""
    newest = Checkpoint.objects.order_by("-size").first()
    if newest is None:
        return None
    return Head(size=newest.size, root=base64.b64encode(bytes(newest.root)).decode(), at=newest.at)


def went_out(subjects: Collection[str], window: Window) -> Iterator[Outgoing]:
    """Yield every entry about these pseudonyms that tells of a disclosure, in the log's order."""
    where, given = _within(window)
    marks = ", ".join(["%s"] * len(subjects))
    sql = f"""
        SELECT e.at, COALESCE(d.at, e.at), {_ref()}, e.subject, e.partner, {_fact("e", "grant")}, e.types, e.kind
        FROM audit_log_entry e {_decision()}
        WHERE e.outcome = 'out' AND e.subject IN ({marks}) {where} ORDER BY e.id"""  # noqa: S608
    for at, decided_at, ref, subject, partner, grant, types, kind in _asked(sql, [*subjects, *given]):
        yield Outgoing(
            at=_moment(at),
            decided_at=_moment(decided_at),
            ref=ref,
            subject=subject,
            partner=partner,
            grant=grant or "",
            types=tuple(types.split()),
            arrived=kind not in NOT_SURE,
        )


def choices(subjects: Collection[str]) -> Iterator[Choice]:
    """Yield what was on after each change of a grant. Only the member's own word turns anything on."""
    changes = Q(kind__startswith="grant.") | Q(kind__startswith="toggle.")
    for entry in Entry.objects.filter(changes, subject__in=list(subjects)).order_by("id").iterator():
        told = json.loads(bytes(entry.body))
        if "on" in told["facts"]:
            on = told["facts"]["on"] if told["actor"] == "member" else ()
            yield Choice(
                at=entry.at, grant=str(told["facts"]["grant"]), partner=entry.partner, on=frozenset(on)
            )


def touched(criteria: Criteria, window: Window) -> Iterator[Affected]:
    """Yield what went out, added up by recipient, member and types. Entries of one delivery count once."""
    where, given = _within(window)
    named, values = _matching(criteria, decision=True)
    join = _decision() if criteria.reason or criteria.policy else ""
    sql = f"""
        SELECT subject, partner, types, COUNT(*), SUM(arrived), MIN(at), MAX(at)
        FROM (SELECT e.subject, e.partner, e.types, {_ref()} AS ref, MIN(e.at) AS at,
                     MAX(CASE WHEN e.kind IN {NOT_SURE} THEN 0 ELSE 1 END) AS arrived
              FROM audit_log_entry e {join}
              WHERE e.outcome = 'out' {where} {named}
              GROUP BY e.subject, e.partner, e.types, {_ref()}) AS went
        GROUP BY subject, partner, types ORDER BY partner, subject, types"""  # noqa: S608
    for subject, partner, types, count, arrived, first, last in _asked(sql, [*given, *values]):
        yield Affected(
            subject=subject,
            partner=partner,
            types=tuple(types.split()),
            count=int(count),
            may_have_arrived=int(count) - int(arrived),
            first=_moment(first),
            last=_moment(last),
        )


def matching(criteria: Criteria, window: Window) -> Iterator[tuple[str, str, str, int]]:
    """Yield (kind, outcome, reason, count) of the entries that match by themselves; acts of reading are left out."""
    where, given = _within(window)
    named, values = _matching(criteria, decision=False)
    sql = f"""
        SELECT e.kind, e.outcome, e.reason, COUNT(*) FROM audit_log_entry e
        WHERE substr(e.kind, 1, 6) <> 'audit.' {where} {named}
        GROUP BY e.kind, e.outcome, e.reason ORDER BY e.kind, e.outcome, e.reason"""  # noqa: S608
    for kind, outcome, reason, count in _asked(sql, [*given, *values]):
        yield kind, outcome, reason, int(count)


def is_in_the_log(**column: str) -> bool:
    """Return whether any entry says this; for partners and reasons that left the register."""
    return Entry.objects.filter(**column).exists()


def _within(window: Window) -> tuple[str, list[Any]]:
    adapted = connection.ops.adapt_datetimefield_value
    if window.since is None:
        return "AND e.at < %s", [adapted(window.until)]
    return "AND e.at >= %s AND e.at < %s", [adapted(window.since), adapted(window.until)]


def _matching(criteria: Criteria, *, decision: bool) -> tuple[str, list[str]]:
    """Return the criteria as SQL; with `decision`, the decision behind an entry may match in its place."""
    sql, values = [], []
    if criteria.partner:
        sql.append("AND e.partner = %s")
        values.append(criteria.partner)
    for wanted, its_own, of_the_decision in (
        (criteria.reason, "e.reason", "d.reason"),
        (criteria.policy, _fact("e", "policy"), _fact("d", "policy")),
    ):
        if wanted:
            columns = [its_own, of_the_decision] if decision else [its_own]
            sql.append("AND (" + " OR ".join(f"{column} = %s" for column in columns) + ")")
            values += [wanted] * len(columns)
    return " ".join(sql), values


def _fact(of: str, name: str) -> str:
    return _FACT[connection.vendor].format(of=of, name=name)


def _decision() -> str:
    return _DECISION[connection.vendor].format(entry=_fact("e", "entry"))


def _ref() -> str:
    """What all entries of one delivery or event have in common; any other entry stands for itself."""
    return f"COALESCE({_fact('e', 'delivery')}, {_fact('e', 'event')}, CAST(e.event_id AS TEXT))"


def _asked(sql: str, given: list[Any]) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, given)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows


def _moment(told: Any) -> datetime:
    moment: datetime = datetime.fromisoformat(told) if isinstance(told, str) else told
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
