"""Making a report: read, put together, write down that it was made. No report goes out without its entry (SR-9.2)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from audit import ports
from audit.log import services as log
from audit.log.events import Event
from audit.log.filters import SLUG
from audit.reports import accounting as accountings
from audit.reports import disclosures, selectors
from audit.reports import processing as records
from audit.reports import recipients as lists
from audit.reports.accounting import Accounting
from audit.reports.breach import Breach, Criteria, Matched
from audit.reports.errors import ReportRefused
from audit.reports.processing import Processing
from audit.reports.recipients import Recipients
from audit.reports.shapes import SIX_YEARS, Names, Report, Window, years_before

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
TICKET = 64  # characters of a ticket that the log keeps


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks: a pseudonym of the staff or "operator", the operator's name on the machine, the ticket they work on."""

    actor: str
    operator: str = ""
    ticket: str = ""

    def facts(self) -> dict[str, str]:
        told = {"operator": self.operator[:TICKET], "ticket": self.ticket[:TICKET]}
        return {name: value for name, value in told.items() if value}


def accounting(
    *, email: str, asker: Asker, at: datetime, since: datetime | None = None, until: datetime | None = None
) -> Accounting:
    """Return the accounting of disclosures of one member, at most six years back. Raises ReportRefused."""
    limit = years_before(at, SIX_YEARS)
    window = _window(max(since, limit) if since else limit, until or at)
    subjects = _subjects(email)
    entries = selectors.went_out(list(subjects), window)
    chosen = disclosures.Choices(selectors.choices(list(subjects)))
    report = Accounting(
        at=at,
        head=selectors.head(),
        window=window,
        lines=accountings.lines_of(disclosures.merged(entries, chosen), Names.of(ports.catalogue())),
    )
    _made(report, asker, about=subjects)
    return report


def recipients(*, email: str, asker: Asker, at: datetime) -> Recipients:
    """Return everyone who received a member's data, as far back as the log goes. Raises ReportRefused."""
    subjects, window = _subjects(email), Window(until=at)
    chosen = disclosures.Choices(selectors.choices(list(subjects)))
    found = disclosures.merged(selectors.went_out(list(subjects), window), chosen)
    report = Recipients(
        at=at,
        head=selectors.head(),
        window=window,
        received=lists.received_by(found, chosen.open_now(), Names.of(ports.catalogue())),
    )
    _made(report, asker, about=subjects)
    return report


def processing(*, asker: Asker, at: datetime, terms: Mapping[str, int] | None = None) -> Processing:
    """Return the records of processing. `terms` are the days of each kind of record; those of the settings if None."""
    names = Names.of(ports.catalogue())
    report = Processing(
        at=at,
        head=selectors.head(),
        window=None,
        controller=settings.CONTROLLER_NAME,
        records=records.records_of(names),
        terms=dict(settings.RETENTION_DAYS if terms is None else terms),
        without_flows=records.without_flows(names),
    )
    _made(report, asker)
    return report


def breach(*, criteria: Criteria, since: datetime, until: datetime, asker: Asker, at: datetime) -> Breach:
    """Return what matches within a window and what of it went out. Raises ReportRefused, which names what to change."""
    catalogue = ports.catalogue()
    names, window = Names.of(catalogue), _window(since, until)
    _check(criteria, names)
    report = Breach(
        at=at,
        head=selectors.head(),
        window=window,
        criteria=criteria,
        names=names,
        affected=tuple(selectors.touched(criteria, window)),
        matched=tuple(
            Matched(
                kind=kind,
                outcome=outcome,
                reason=reason,
                sentence=catalogue.sentence(reason) if reason else "",
                count=count,
            )
            for kind, outcome, reason, count in selectors.matching(criteria, window)
        ),
    )
    _made(report, asker, criteria=criteria.told())
    return report


def _subjects(email: str) -> Mapping[str, str]:
    subjects = ports.people().subjects_of(email) if "\0" not in email else {}
    if not subjects:
        raise ReportRefused(
            "member",
            "There is no member with this e-mail address. Check the spelling; an erased member has no report, "
            "because nothing leads from an address to their entries any more.",
        )
    return subjects


def _window(since: datetime, until: datetime) -> Window:
    if until <= since:
        raise ReportRefused("until", "The end of the window is not after its beginning. Give a later end.")
    return Window(since=since, until=until)


def _check(criteria: Criteria, names: Names) -> None:
    if not criteria.told():
        raise ReportRefused("partner", "Name a partner, a reason or a policy to look for.")
    partner, reason = criteria.partner, criteria.reason
    if partner and partner not in names.recipients and not _in_the_log(partner=partner):
        raise ReportRefused(
            "partner", f"There is no partner {partner[:64]!r}. Use its short name, like strava."
        )
    known = ports.catalogue().sentence(reason) != reason
    if reason and not known and not _in_the_log(reason=reason):
        raise ReportRefused(
            "reason", f"There is no reason {reason[:40]!r}. Use one of the gate's, like toggle_off."
        )
    if criteria.policy and not DIGEST.fullmatch(criteria.policy):
        raise ReportRefused("policy", "A policy is named by its digest: sha256: and 64 hexadecimal digits.")


def _in_the_log(**column: str) -> bool:
    return all(map(SLUG.fullmatch, column.values())) and selectors.is_in_the_log(**column)


@transaction.atomic
def _made(report: Report, asker: Asker, *, about: Mapping[str, str] | None = None, **more: Any) -> None:
    """Write down that a report was made: which, about whom, over which time, by whom. Never what it says."""
    facts: dict[str, Any] = {"report": report.name, **asker.facts(), **more}
    if report.window is not None:
        facts["window"] = report.window.told()
    subject = next((each for each, partner in (about or {}).items() if not partner), "")
    log.append(Event(kind="audit.reported", actor=asker.actor, subject=subject, at=report.at, facts=facts))
