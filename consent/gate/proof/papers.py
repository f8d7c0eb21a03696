"""The documents of the proved space: one of every kind with a value of its own in every field, and what varies. Pure.

Only what a rule reads varies: where it came from, when it began, on which day it is filed, who recorded it, whether its
codes may leave, and whether anything that the flow declares is filled in.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from consent.gate.policy import Policy
from consent.gate.proof.space import NOW, RANK, TODAY, ZONE, Subject, covered
from consent.gate.proof.specimens import early, filled
from consent.gate.shapes import Datum, Reason, Request
from consent.manifests.shapes import Channel, Direction, Flow, OfTheCurrentLocalDay, SourceIn
from records.vocabulary.registry import DATA_TYPES, KINDS
from records.vocabulary.shapes import DocumentKind, Value

NO_KIND = "aura"
A_PRIVATE_KIND = "period"
IMPLICIT = "implicit"  # the request leaves the channel to the flow
YESTERDAY = TODAY - timedelta(days=1)


class Paper(NamedTuple):
    """One document; kind "" is a request without one, about the flow alone."""

    kind: str = ""
    filled: str = "full"
    source: str = "allowed"
    start: str = "today"
    day: str = "covered"
    origin: str = "ring"
    entry: str = "may_leave"


class Asked(NamedTuple):
    """What a partner can vary in asking: the channel and the document."""

    channel: str = IMPLICIT
    paper: Paper = Paper()


NONE = Paper()
ABOVE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "filled": {"empty": ("full",)},
    "source": {"other": ("allowed",)},
    "start": {"yesterday": ("today",), "unreadable": ("today",)},
    "day": {"before": ("covered",), "unreadable": ("covered",)},
    "origin": {"stays": ("ring",)},
    "entry": {"private": ("may_leave",)},
}


def papers(subject: Subject, policy: Policy) -> Iterator[Paper]:
    """Yield every document that a rule could tell apart, for one subject."""
    yield NONE
    flow = subject.flow
    if flow is None:
        kinds = [
            name for name, kind in KINDS.items() if any(f.data_type == subject.data_type for f in kind.fields)
        ]
        yield from [Paper(kind) for kind in kinds[:1] or ["workout"]]
        return
    for kind in flow.fields:
        for values in product(*_axes(flow, kind, policy)):
            yield Paper(kind, *values)
    foreign = next(
        name for name, kind in KINDS.items() if name not in flow.fields and not kind.series and kind.day
    )
    yield from (Paper(foreign), Paper(A_PRIVATE_KIND), Paper(NO_KIND))
    yield Paper("enhanced_tag", entry="private")


def is_private(paper: Paper) -> bool:
    """Whether a document is women's health, by its kind or by what its codes name."""
    return paper.kind == A_PRIVATE_KIND or paper.entry == "private"


def steps_away(paper: Paper) -> int:
    """Return on how many axes a document differs from one that may leave."""
    return sum(one != other for one, other in zip(paper, Paper(paper.kind), strict=True))


def _axes(flow: Flow, name: str, policy: Policy) -> Iterator[tuple[str, ...]]:
    """An axis that no rule reads for this flow has one value; a test holds the gate to not reading it."""
    kind, going_out = KINDS[name], flow.direction is Direction.EXPORT
    yield ("full", "empty") if can_be_empty(flow, name) else ("full",)
    yield ("allowed", "other") if sources(flow) is not None else ("allowed",)
    yield ("today", "yesterday", "unreadable") if start(flow) else ("today",)
    yield ("covered", "before", "unreadable") if going_out and kind.day else ("covered",)
    yield ("ring", "stays") if going_out and stays(policy) else ("ring",)
    yield ("may_leave", "private") if any(leaf.per_entry for leaf in kind.fields) else ("may_leave",)


def sources(flow: Flow) -> frozenset[str] | None:
    return next((rule.sources for rule in flow.when if isinstance(rule, SourceIn)), None)


def start(flow: Flow) -> str | None:
    return next((rule.start for rule in flow.when if isinstance(rule, OfTheCurrentLocalDay)), None)


def stays(policy: Policy) -> str | None:
    """Return a partner whose data is passed on to nobody."""
    return next((slug for slug, manifest in sorted(policy.manifests.items()) if manifest.imports_stay), None)


def can_be_empty(flow: Flow, name: str) -> bool:
    """Whether a document can lack every declared field and still answer what the rules ask of it."""
    kind = KINDS[name]
    asked = {leaf.path for leaf in kind.fields if leaf.per_entry} | {kind.day, start(flow) or ""}
    return not (asked | ({"source"} if sources(flow) is not None else set())) & set(flow.fields[name])


def objection(asked: Asked, subject: Subject, toggle: str) -> Reason:
    """Return the first reason for which this question is refused whatever the situation; PERMITTED for none."""
    return min(_objections(asked, subject, toggle), key=RANK.__getitem__)


def _objections(asked: Asked, subject: Subject, toggle: str) -> Iterator[Reason]:
    flow, paper, kind = subject.flow, asked.paper, KINDS.get(asked.paper.kind)
    yield Reason.PERMITTED
    if subject.womens_health or (kind is not None and kind.womens_health):
        yield Reason.WOMENS_HEALTH
    if subject.data_type not in DATA_TYPES:
        yield Reason.UNKNOWN_DATA_TYPE
    if subject.manifest is None:
        yield Reason.UNKNOWN_PARTNER
    if flow is None or subject.manifest is None or asked.channel not in {IMPLICIT, flow.channel}:
        yield Reason.FLOW_NOT_DECLARED
        return
    if not paper.kind:
        return
    if sources(flow) is not None and paper.source == "other":
        yield Reason.SOURCE_NOT_ALLOWED
    if start(flow) and paper.start != "today":
        yield Reason.NOT_CURRENT_DAY
    if flow.direction is Direction.EXPORT and paper.day != "covered":
        yield Reason.BEFORE_CONSENT
    if flow.direction is Direction.EXPORT and paper.origin == "stays":
        yield Reason.ORIGIN_NOT_ALLOWED
    if paper.entry == "private":
        yield Reason.WOMENS_HEALTH_ENTRY
    if paper.filled == "empty" or not covered(flow, subject.manifest, paper.kind, toggle):
        yield Reason.NOTHING_TO_RELEASE


def request(asked: Asked, subject: Subject, policy: Policy) -> Request:
    """Return the question as the gate gets it."""
    channel = None if asked.channel == IMPLICIT else Channel(asked.channel)
    datum = _datum(asked.paper, subject.flow, policy) if asked.paper.kind else None
    return Request(subject.partner, subject.direction, subject.data_type, NOW, channel, datum)


_UNKNOWN = {"id": "a-1", "day": TODAY.isoformat(), "score": 1, "score_with_cycle": 2}


def _datum(paper: Paper, flow: Flow | None, policy: Policy) -> Datum:
    kind = KINDS.get(paper.kind)
    fields: dict[str, Any] = filled(kind) if kind else dict(_UNKNOWN)
    if kind is None or not kind.series:
        fields = _dated(fields, kind, paper, flow)
    else:
        fields = {"rows": _rows(fields, paper, flow)}
    if paper.filled == "empty" and flow is not None:
        fields = _emptied(fields, flow.fields[paper.kind])
    for leaf in kind.fields if kind else ():
        if leaf.per_entry:
            code = "tag_generic_caffeine" if paper.entry == "may_leave" else "tag_generic_pms"
            fields[leaf.path] = [code] if leaf.value is Value.STRINGS else code
    return Datum(paper.kind, fields, (stays(policy) or "ring") if paper.origin == "stays" else "ring")


def _dated(
    fields: dict[str, Any], kind: DocumentKind | None, paper: Paper, flow: Flow | None
) -> dict[str, Any]:
    """Set what the rules read: begins late in the evening before, or early on the day itself, by the member's clock."""
    day = kind.day if kind else "day"
    dated = dict(fields)
    if day:
        dated[day] = {"covered": TODAY.isoformat(), "before": YESTERDAY.isoformat()}.get(paper.day, "one day")
    if flow is not None and (name := start(flow)) is not None:
        dated[name] = {"today": early(TODAY), "yesterday": _late(YESTERDAY)}.get(paper.start, "some time")
    if flow is not None and (allowed := sources(flow)) is not None:
        dated["source"] = min(allowed) if paper.source == "allowed" else "manual"
    return dated


def _rows(fields: Mapping[str, Any], paper: Paper, flow: Flow | None) -> list[dict[str, Any]]:
    """Three rows, two of them in one minute; the last is the one that is early, late or without a time."""
    times = [early(TODAY), early(TODAY, seconds=20), early(TODAY, seconds=70)]
    going_in = flow is not None and flow.direction is Direction.IMPORT
    varies = paper.start if going_in else paper.day
    if varies in {"before", "yesterday"}:
        times[2] = _late(YESTERDAY)
    rows = [{**fields, "timestamp": time, "timestamp_unix": at} for at, time in enumerate(times)]
    return [{**row, "timestamp": "some time"} for row in rows] if varies == "unreadable" else rows


def _late(day: date) -> str:
    return datetime(day.year, day.month, day.day, 23, 30, tzinfo=ZoneInfo(ZONE)).isoformat()


def _emptied(fields: Mapping[str, Any], declared: tuple[str, ...]) -> dict[str, Any]:
    """Return the document with every declared field null, and its envelope and all the others as they are."""
    heads = {path.split(".")[0].removesuffix("[]") for path in declared}
    if "rows" in fields:
        return {"rows": [{k: None if k in heads else v for k, v in row.items()} for row in fields["rows"]]}
    return {key: None if key in heads else value for key, value in fields.items()}
