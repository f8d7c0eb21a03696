"""Finding records: filters, a page by key, the days as charts. Each search is an event of its own (SR-9.2)."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit import ports
from audit.log.models import Entry
from audit.web import acts, finding, looking, selectors, states, words
from audit.web.entrance import compliance_page
from audit.web.looking import Asked, Names
from audit.web.pages import form, records
from audit.web.pages.records import Loosened, RecordsPage, Row

UNPROCESSABLE = 422


@compliance_page
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The search and what it found. Filters that make no sense: 422, the filter named, what was typed kept."""
    known = looking.names()
    asked = looking.asked(request, known)
    before = _number(request.GET.get("before", ""))
    rows: tuple[Row, ...] = ()
    loosen: tuple[Loosened, ...] = ()
    older, counted, back_to = "", "", ""
    if asked.filters is not None:
        found = finding.page_of(asked.filters, before=before)
        rows = _rows(found.entries, known)
        counted = records.counted(selectors.count_of(asked.filters, page=found, first=before is None))
        older = f"{asked.query}&{urlencode({'before': found.after})}" if found.after is not None else ""
        back_to = words.moment(found.back_to) if found.back_to else ""
        loosen = _loosened(asked) if not rows and not older and before is None else ()
        acts.record(request, "audit.searched", facts=_facts(asked, before))
    fields = form.fields(
        asked.typed, asked.problems, recipients=known.recipients, data_types=known.data_types
    )
    page = RecordsPage(
        days=_days(asked, known),
        seal=states.seal(),
        fields=fields,
        problems=tuple(each for each in fields if each.problem),
        rows=rows,
        counted=counted,
        loosen=loosen,
        nothing_yet=not rows and not loosen,
        query=asked.query,
        older=older,
        back_to=back_to,
        later_page=before is not None,
    )
    status = UNPROCESSABLE if asked.problems else 200
    return render(request, "audit/records.html", {"page": page, "here": "records"}, status=status)


def _rows(entries: Sequence[Entry], known: Names) -> tuple[Row, ...]:
    indices = selectors.indices_of(entries)
    return tuple(
        records.row(
            entry,
            index=indices.get(entry.id),
            recipients=known.recipients,
            data_types=known.data_types,
        )
        for entry in entries
    )


def _facts(asked: Asked, before: int | None) -> dict[str, object]:
    told: dict[str, object] = {"filters": asked.filters.told() if asked.filters else {}}
    return {**told, "before": before} if before is not None else told


def _loosened(asked: Asked) -> tuple[Loosened, ...]:
    """Return the filters without which something would be found, each with the search without it."""
    labels = {**form.labels(), "since": _("From and To")}
    left_out = {"since": {"since": "", "until": ""}}
    return tuple(
        Loosened(
            labels[name],
            urlencode({**asked.typed, **left_out.get(name, {name: ""})}),
        )
        for name in selectors.loosened(looking.without(asked))
    )


def _days(asked: Asked, known: Names) -> records.Days:
    """Return the last thirty days, of the recipient and the reason that are searched for."""
    listed = selectors.days_ending(timezone.now().date(), count=looking.MONTH)
    narrowed = {
        name: asked.typed[name] for name in ("partner", "reason") if asked.filters and asked.typed[name]
    }
    moved = selectors.moved(
        since=listed[0],
        until=listed[-1],
        partner=narrowed.get("partner", ""),
        reason=narrowed.get("reason", ""),
    )
    catalogue = ports.catalogue()
    partner = known.recipients.get(narrowed.get("partner", ""))
    said = [partner.name] if partner else []
    said += [narrowed["reason"].replace("_", " ")] if "reason" in narrowed else []
    return records.days(
        moved,
        listed,
        about=", ".join(said),
        narrowed=narrowed,
        recipients=known.recipients,
        sentences={reason: catalogue.sentence(reason) for reason in moved.by_reason},
    )


def _number(told: str) -> int | None:
    """Return the number after which a page begins; anything else begins at the newest."""
    return int(told) if told.isascii() and told.isdigit() and len(told) < 19 else None
