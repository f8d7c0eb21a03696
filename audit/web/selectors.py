"""What the compliance pages read: a page of entries by key, counts from the tally, what belongs together.

Each is at most a few statements that an index answers; nothing counts over the whole log or skips rows (issue G15).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db.models import QuerySet, Sum

from audit.log.filters import Filters
from audit.log.models import Entry, Tally, Waiting
from audit.log.selectors import found
from audit.proofs.models import Leaf
from audit.web import finding, reading
from audit.web.finding import Found

COUNTED = 1000  # beyond this a count that no tally answers says "more than"
NEAR = 300  # entries of the same pseudonym looked through on either side for what belongs together
SHOWN = 20  # of those on either side: a yes of long ago has hundreds of answers beside it
TIES = ("delivery", "entry", "connection", "export", "proposal", "receipt")


@dataclass(frozen=True, slots=True)
class Count:
    """How many entries fit; `exact` is False when there are more than were counted."""

    number: int
    exact: bool = True


def count_of(filters: Filters, *, page: Found, first: bool) -> Count | None:
    """Return how many entries fit: summed from the days' tallies where these know, else what is certain.

    A member's own entries are counted up to COUNTED. Of what only a walk would tell it is known that there are more
    than stand on the page, or, when the first page is all, how many. None = not known.
    """
    if _tallied(filters):
        return _summed(filters)
    if filters.subjects:
        counted = found(filters).values("id")[: COUNTED + 1].count()
        return Count(min(counted, COUNTED), exact=counted <= COUNTED)
    if not first:
        return None
    return Count(len(page.entries), exact=page.after is None)


def _summed(filters: Filters) -> Count:
    in_line = list(Waiting.objects.order_by("entry").values_list("entry", flat=True)[: COUNTED + 1])
    summed = tallies(filters).aggregate(all=Sum("count"))["all"] or 0
    newest = found(filters).filter(id__in=in_line).count() if in_line else 0
    return Count(summed + newest, exact=len(in_line) <= COUNTED)


def _tallied(filters: Filters) -> bool:
    """Days, partners, kinds, outcomes and reasons are tallied; pseudonyms, data types and hours are not."""
    whole_days = all(at is None or at.time() == time.min for at in (filters.since, filters.until))
    return whole_days and not filters.subjects and not filters.data_type


def tallies(filters: Filters) -> QuerySet[Tally]:
    """Return the tallies that the filters take in, as far as a tally can tell."""
    kept = Tally.objects.all()
    if filters.since is not None:
        kept = kept.filter(day__gte=filters.since.astimezone(UTC).date())
    if filters.until is not None:
        kept = kept.filter(day__lt=filters.until.astimezone(UTC).date())
    if filters.kinds:
        kept = kept.filter(kind__in=filters.kinds)
    told = {"partner": filters.partner, "outcome": filters.outcome, "reason": filters.reason}
    return kept.filter(**{name: value for name, value in told.items() if value})


@dataclass(frozen=True, slots=True)
class Moved:
    """What moved and what was blocked: by (day, outcome), by (partner, outcome), and by reason what was blocked."""

    by_day: Mapping[tuple[date, str], int]
    by_partner: Mapping[tuple[str, str], int]
    by_reason: Mapping[str, int]


def moved(*, since: date, until: date, partner: str = "", reason: str = "") -> Moved:
    """Return what the tallies say of `since <= day <= until`, for one partner or reason if named. Three statements."""
    told = Tally.objects.filter(day__gte=since, day__lte=until).exclude(outcome="")
    if partner:
        told = told.filter(partner=partner)
    if reason:
        told = told.filter(reason=reason)
    days = told.values_list("day", "outcome").annotate(all=Sum("count"))
    partners = told.values_list("partner", "outcome").annotate(all=Sum("count"))
    reasons = told.filter(outcome="blocked").values_list("reason").annotate(all=Sum("count"))
    return Moved(
        by_day={(day, outcome): count for day, outcome, count in days},
        by_partner={(slug, outcome): count for slug, outcome, count in partners},
        by_reason=dict(reasons),
    )


def indices_of(entries: Iterable[Entry]) -> dict[int, int]:
    """Return the index of each of these entries that has one, by its number."""
    numbers = [entry.id for entry in entries]
    return dict(Leaf.objects.filter(entry__in=numbers).values_list("entry", "index"))


def entry_of(event_id: UUID) -> Entry | None:
    return Entry.objects.filter(event_id=event_id).first()


@dataclass(frozen=True, slots=True)
class Related:
    """What belongs to an entry, oldest first; `more` when there is more of it than the nearest."""

    entries: tuple[Entry, ...] = ()
    more: bool = False


def related(entry: Entry) -> Related:
    """Return what belongs to the same delivery, decision or grant, as far as it stands near in the log.

    What became of one delivery is shown with the last change of its grant before it, not with every other delivery.
    """
    if not entry.subject:
        return Related()
    same = Entry.objects.filter(subject=entry.subject)
    earlier = list(same.filter(id__lt=entry.id).order_by("-id")[:NEAR])
    after = list(same.filter(id__gt=entry.id).order_by("id")[:NEAR])
    grant = next((each for each in earlier if _changes(each) and _of_one_grant(each, entry)), None)
    wanted = _ties(entry)
    before = [each for each in earlier if wanted & _ties(each)]
    behind = [each for each in after if wanted & _ties(each)]
    shown = {each.id: each for each in [*before[:SHOWN], *behind[:SHOWN], *([grant] if grant else [])]}
    return Related(
        entries=tuple(shown[number] for number in sorted(shown)),
        more=max(len(before), len(behind)) > SHOWN,
    )


def _ties(entry: Entry) -> set[str]:
    """What an entry is about, and itself: whoever shares one of these belongs to it."""
    facts = reading.facts(entry)
    named = {str(facts[name]) for name in TIES if facts.get(name)}
    if _changes(entry) or not named:
        named.add(str(facts.get("grant", "")))
    return {str(entry.event_id), *named} - {""}


def _changes(entry: Entry) -> bool:
    return entry.kind.startswith(("grant.", "toggle."))


def _of_one_grant(one: Entry, other: Entry) -> bool:
    grant = reading.facts(one).get("grant")
    return bool(grant) and grant == reading.facts(other).get("grant")


def loosened(names: Mapping[str, Filters]) -> list[str]:
    """Return the names of those filters without which something would be found."""
    return [name for name, without in names.items() if finding.something_fits(without)]


def days_ending(today: date, *, count: int) -> list[date]:
    return [today - timedelta(days=back) for back in reversed(range(count))]


def midnight(of: date) -> datetime:
    return datetime.combine(of, time.min, UTC)
