"""One flow's part of the proof: all of its cases decided, each answer held against the invariants. Pure.

A refusal that is the one due satisfies them all at a glance; a permit, and whatever is not due, is looked at closely.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from consent.gate.policy import Policy
from consent.gate.proof import papers, space
from consent.gate.proof.certificate import Proof, Violation
from consent.gate.proof.invariants import INVARIANTS, Case, broken, paths_of
from consent.gate.proof.papers import Asked
from consent.gate.proof.space import LIVE, RANK, Situation, Subject
from consent.gate.shapes import Decision, Reason, Request, Snapshot
from consent.manifests.shapes import Channel

Decider = Callable[[Request, Snapshot, Policy], Decision]
Grid = Mapping[str, tuple[str, ...]]

# What is undeclared is refused before a term, a phone or a region is looked at: fewer of their values are walked.
UNDECLARED: Grid = {
    **space.SITUATIONS,
    "terms": ("as_agreed",),
    "device": ("on",),
    "region": ("home",),
    "member": ("active-3", "lapsed-3"),
}


@dataclass(slots=True)
class Walk:
    """A walk through every case of one subject; thinned, every two values of what is declared still meet."""

    subject: Subject
    policy: Policy
    decide: Decider
    thinned: bool = False
    # Of each permit: the paths it released.
    answers: dict[tuple[Situation, Asked], frozenset[str]] = field(default_factory=dict)

    def proof(self) -> Proof:
        """Return the counts of this subject, and the first violation."""
        found, others = Proof(self.policy.digest), space.all_keys(self.policy)
        asks = [(asked, papers.request(asked, self.subject, self.policy)) for asked in self._asks()]
        situations = list(self._situations())
        found.violation = (
            self._cases(situations, asks, others)
            or self._steps_up(set(situations), {asked for asked, _ in asks}, found)
            or self._without_others(asks, others, found)
        )
        found.cases, found.permits = len(situations) * len(asks), len(self.answers)
        _count(found, self.subject, situations, [asked for asked, _ in asks])
        return found

    def _situations(self) -> Iterator[Situation]:
        declared = self.subject.flow is not None
        for each in space.situations(space.SITUATIONS if declared else UNDECLARED):
            if not self.thinned or space.steps_away(each) <= (2 if declared else 1):
                yield each

    def _asks(self) -> list[Asked]:
        channels = [channel.value for channel in Channel]
        found = list(papers.papers(self.subject, self.policy))
        if self.thinned:
            own = self.subject.flow.channel.value if self.subject.flow else channels[0]
            channels = [own, next(other for other in channels if other != own)]
            found = [paper for paper in found if papers.steps_away(paper) <= 1]
        return [Asked(channel, paper) for channel in (papers.IMPLICIT, *channels) for paper in found]

    def _cases(
        self, situations: list[Situation], asks: list[tuple[Asked, Request]], others: frozenset[str]
    ) -> Violation | None:
        due = {
            toggle: [(asked, ask, RANK[papers.objection(asked, self.subject, toggle)]) for asked, ask in asks]
            for toggle in space.SITUATIONS["toggle"]
        }
        for situation in situations:
            facts = space.snapshot(situation, self.subject, others)
            if violation := self._in_one(situation, facts, due[situation.toggle]):
                return violation
        return None

    def _in_one(
        self, situation: Situation, facts: Snapshot, due: list[tuple[Asked, Request, int]]
    ) -> Violation | None:
        """Ask every question in one situation."""
        decide, policy, digest = self.decide, self.policy, self.policy.digest
        least = RANK[space.objection(situation, self.subject)]
        for asked, ask, rank in due:
            expected = space.ORDER[min(rank, least)]
            answer = decide(ask, facts, policy)
            refused = not answer.permit and answer.fields is None and expected is not Reason.PERMITTED
            if refused and answer.reason is expected and answer.policy == digest:
                continue
            kept = ask.datum.fields if ask.datum else None
            case = Case(self.subject, situation, asked)
            if name := broken(case, answer, expected, digest=digest, kept=kept):
                return Violation(name, case.plain(), answer.reason.value, expected.value)
            self.answers[situation, asked] = paths_of(answer.fields or {})
        return None

    def _steps_up(self, situations: set[Situation], asked: set[Asked], found: Proof) -> Violation | None:
        """Hold each permit against its neighbours: one step up any axis, at least the same is permitted."""
        name = "taking_a_permission_away_permits_no_more"
        for (situation, ask), paths in self.answers.items():
            for above in _above(situation, ask):
                if above[0] in situations and above[1] in asked:
                    found.checked[name] += 1
                    if above not in self.answers or not paths <= self.answers[above]:
                        case = Case(self.subject, situation, ask).plain()
                        return Violation(name, case, "permitted", "no more than one step up")
        return None

    def _without_others(
        self, asks: list[tuple[Asked, Request]], others: frozenset[str], found: Proof
    ) -> Violation | None:
        """Take away what others have switched on: next to every border, each answer stays as it was."""
        name, subject = "toggles_of_others_change_nothing", self.subject
        own = frozenset(flow.key for flow in subject.manifest.flows) if subject.manifest else frozenset()
        for situation in _nearest() if subject.flow else (Situation(), Situation(toggle="off")):
            beside = space.snapshot(situation, subject, others)
            without = space.snapshot(situation, subject, own)
            for asked, ask in asks:
                found.checked[name] += 1
                one, two = self.decide(ask, beside, self.policy), self.decide(ask, without, self.policy)
                if one != two:
                    case = Case(subject, situation, asked).plain()
                    return Violation(name, case, one.reason.value, two.reason.value)
        return None


@cache
def _nearest() -> tuple[Situation, ...]:
    """Return the situation in which all is allowed, and every one that is one step away."""
    return tuple(each for each in space.situations(space.SITUATIONS) if space.steps_away(each) <= 1)


def _above(situation: Situation, asked: Asked) -> Iterator[tuple[Situation, Asked]]:
    for name, above in space.ABOVE.items():
        for value in above.get(getattr(situation, name), ()):
            yield situation._replace(**{name: value}), asked
    for name, above in papers.ABOVE.items():
        for value in above.get(getattr(asked.paper, name), ()):
            yield situation, asked._replace(paper=asked.paper._replace(**{name: value}))


def _count(found: Proof, subject: Subject, situations: list[Situation], asks: list[Asked]) -> None:
    """Count for each invariant the cases in which it forbids something; for the others, all of them."""
    own = {papers.IMPLICIT, subject.flow.channel.value} if subject.flow else set()
    forbidden_by_ask = {
        "womens_health_never_leaves": [subject.womens_health or papers.is_private(ask.paper) for ask in asks],
        "no_permit_without_a_declared_flow": [ask.channel not in own for ask in asks],
    }
    forbidden_by_situation = {
        "no_permit_without_a_live_grant": [each.grant not in LIVE for each in situations],
        "no_permit_without_its_toggle": [each.toggle == "off" for each in situations],
    }
    for name in INVARIANTS:
        if name in forbidden_by_ask:
            found.checked[name] += sum(forbidden_by_ask[name]) * len(situations)
        elif name in forbidden_by_situation:
            found.checked[name] += sum(forbidden_by_situation[name]) * len(asks)
        elif name not in _COUNTED_ELSEWHERE:
            found.checked[name] += found.cases


_COUNTED_ELSEWHERE = {
    "every_reason_has_its_words",
    "taking_a_permission_away_permits_no_more",
    "toggles_of_others_change_nothing",
}
