"""What must hold of every answer of the gate, each under a name and in one sentence. Pure.

`broken` looks at one case; the two that compare answers with one another are asked by `proof`. Safety comes first, so
that a fault is named by the worst it does.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from consent.gate.proof.papers import IMPLICIT, Asked
from consent.gate.proof.space import LIVE, Situation, Subject, covered
from consent.gate.reasons import WORDS
from consent.gate.shapes import Decision, Reason
from records.vocabulary.registry import DATA_TYPES, KINDS

INVARIANTS: Mapping[str, str] = {
    "womens_health_never_leaves": "Women's health is never permitted, and no field of it is ever released.",
    "no_permit_without_an_approved_partner": "Nobody unknown or suspended gets anything.",
    "what_is_unknown_is_denied": "An unknown data type, partner or document is a no.",
    "no_permit_without_a_declared_flow": "Nothing moves that the manifest does not declare, way and channel included.",
    "no_permit_without_a_live_grant": "Nothing moves before the yes, after its end, or without one.",
    "no_permit_without_its_toggle": "A switch that is off keeps everything back, whatever else is on.",
    "no_more_than_declared_and_granted": "Released fields are declared, covered by the yes, and open as parts.",
    "what_leaves_is_what_was_kept": "A released value is the document's own, unchanged; nothing is made up.",
    "a_refusal_releases_nothing": "A no carries no field.",
    "nothing_breaks_while_deciding": "No case ends in an error.",
    "every_refusal_has_its_reason": "A no has a reason, and it is not `permitted`.",
    "every_reason_has_its_words": "Each reason has a sentence for member, partner and auditor.",
    "every_decision_names_its_policy": "The decision carries the digest it was made under.",
    "the_first_rule_that_objects_names_the_reason": "The answer is the first objection in DESIGN's order, or a yes.",
    "taking_a_permission_away_permits_no_more": "One step down any axis never creates a permit or a field.",
    "toggles_of_others_change_nothing": "What is switched on for another partner changes no answer.",
}


class Case(NamedTuple):
    """One point of the space: who and what, in which situation, asked how."""

    subject: Subject
    situation: Situation
    asked: Asked

    def plain(self) -> dict[str, Any]:
        """Return the case as JSON has it."""
        return {
            "partner": self.subject.partner,
            "flow": self.subject.key,
            "situation": self.situation._asdict(),
            "channel": self.asked.channel,
            "document": self.asked.paper._asdict() if self.asked.paper.kind else None,
        }


def broken(
    case: Case, answer: Decision, due: Reason, *, digest: str, kept: Mapping[str, Any] | None
) -> str | None:
    """Return the name of the first invariant that one answer breaks. `kept` holds the document's fields."""
    return next(_broken(case, answer, due, digest, kept), None)


def _broken(
    case: Case, answer: Decision, due: Reason, digest: str, kept: Mapping[str, Any] | None
) -> Iterator[str]:
    if answer.permit:
        yield from _wrongly_permitted(case)
    elif answer.fields is not None:
        yield "a_refusal_releases_nothing"
    if answer.fields is not None:
        yield from _wrongly_released(case, answer.fields, kept or {})
    if answer.reason is Reason.ERROR:
        yield "nothing_breaks_while_deciding"
    if answer.permit is not (answer.reason is Reason.PERMITTED):
        yield "every_refusal_has_its_reason"
    if answer.policy != digest:
        yield "every_decision_names_its_policy"
    if answer.reason is not due or (answer.permit and (kept is None) is not (answer.fields is None)):
        yield "the_first_rule_that_objects_names_the_reason"


def _wrongly_permitted(case: Case) -> Iterator[str]:
    subject, situation, (channel, paper) = case
    kind = KINDS.get(paper.kind)
    if subject.womens_health or (kind is not None and kind.womens_health) or paper.entry == "private":
        yield "womens_health_never_leaves"
    if subject.manifest is None or situation.partner != "active":
        yield "no_permit_without_an_approved_partner"
    if subject.data_type not in DATA_TYPES or (paper.kind and kind is None):
        yield "what_is_unknown_is_denied"
    if subject.flow is None or channel not in {IMPLICIT, subject.flow.channel}:
        yield "no_permit_without_a_declared_flow"
    if situation.grant not in LIVE:
        yield "no_permit_without_a_live_grant"
    if situation.toggle == "off":
        yield "no_permit_without_its_toggle"


def _wrongly_released(case: Case, released: Mapping[str, Any], kept: Mapping[str, Any]) -> Iterator[str]:
    subject, kind = case.subject, KINDS.get(case.asked.paper.kind)
    paths = paths_of(released)
    if kind is None or subject.flow is None or subject.manifest is None:
        yield "no_more_than_declared_and_granted"
        return
    if any(kind.by_path[path].sensitivity.private for path in paths & set(kind.by_path)):
        yield "womens_health_never_leaves"
    may = covered(subject.flow, subject.manifest, kind.name, case.situation.toggle)
    if not paths <= may | set(kind.envelope) or not paths & may:
        yield "no_more_than_declared_and_granted"
    if not _part_of(released, kept):
        yield "what_leaves_is_what_was_kept"


def paths_of(fields: Mapping[str, Any]) -> frozenset[str]:
    """Return the dotted paths of every leaf, those of a series without its `rows`."""
    rows = fields.get("rows")
    whole = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else [fields]
    return frozenset(path for each in whole for path in _leaves(each, ""))


def _leaves(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict) and "interval" not in value:
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for item in value:
            yield from _leaves(item, f"{path}[]")
    else:
        yield path


def _part_of(released: Any, kept: Any) -> bool:
    """Whether everything released stands in what was kept, value by value, items in their order."""
    if isinstance(released, dict) and isinstance(kept, dict):
        return all(name in kept and _part_of(value, kept[name]) for name, value in released.items())
    if (
        isinstance(released, list)
        and isinstance(kept, list)
        and any(isinstance(item, dict) for item in released)
    ):
        remaining = iter(kept)
        return all(any(_part_of(item, other) for other in remaining) for item in released)
    return type(released) is type(kept) and bool(released == kept)


def without_words(reasons: Collection[Reason] = tuple(Reason)) -> list[str]:
    """Return every reason that lacks one of its three sentences."""
    return [
        reason.value
        for reason in reasons
        if reason not in WORDS
        or not all(
            said.endswith((".", "?")) and len(said) > 1
            for said in (WORDS[reason].member, WORDS[reason].partner, WORDS[reason].auditor)
        )
    ]
