"""Running a past decision again, from what the log says the rules read and the policy of its day."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.log.models import Entry
from consent.gate import inputs, versions
from consent.gate.decide import decide
from consent.gate.entries import paths_of
from consent.gate.rules import by_the_rules
from consent.gate.shapes import Decision, Reason


class NotReplayable(ValueError):
    """The entry is no decision, or one that broke while deciding."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"An entry of {kind} holds no decision that can be run again. Choose a release or an import."
        )


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the log says was answered, and what comes out today. `fields` are the names of what leaves."""

    reason_then: str
    fields_then: tuple[str, ...]
    reason: str
    fields: tuple[str, ...]

    @property
    def same(self) -> bool:
        return (self.reason_then, self.fields_then) == (self.reason, self.fields)


def replay(entry: Entry) -> Replayed:
    """Run the decision of an entry again, by the table and the rules. Raises NotReplayable, versions.PolicyNotKept."""
    facts: Mapping[str, Any] = entry.facts
    if "inputs" not in facts or facts["reason"] == Reason.ERROR:
        raise NotReplayable(entry.kind)
    policy = versions.policy_of(facts["policy"], manifest=facts.get("manifest", ""))
    ask, snapshot = inputs.read(entry.partner, facts["flow"], facts["inputs"], policy)
    answer, by_rules = decide(ask, snapshot, policy), by_the_rules(ask, snapshot, policy)
    if answer != by_rules:
        answer = Decision(False, Reason.ERROR, policy.digest)
    elif answer.permit and "afterwards" in facts["inputs"]:
        answer = Decision(False, Reason.NOTHING_TO_RELEASE, policy.digest)
    names = answer.fields if answer.fields is not None else {}
    return Replayed(
        facts["reason"],
        tuple(facts.get("fields", ())),
        answer.reason.value,
        tuple(sorted(set(paths_of(names)))),
    )
