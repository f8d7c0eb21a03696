"""Faulty gates, each wrong in one way that a hurried change could make. The proof names an invariant for each."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from consent.gate.decide import decide
from consent.gate.policy import Policy
from consent.gate.proof.walking import Decider
from consent.gate.shapes import Datum, Decision, Reason, Request, Snapshot
from consent.grants.lifecycle import Status
from consent.manifests.shapes import Direction

Bend = Callable[[Request, Snapshot], tuple[Request, Snapshot]]


def bent(bend: Bend) -> Decider:
    """Return the gate as it answers when it misreads what it is asked or told."""
    return lambda ask, snapshot, policy: decide(*bend(ask, snapshot), policy)


def told(**changes) -> Decider:
    """Return the gate as it answers when it believes something of the grant whatever is true."""
    return bent(lambda ask, told: (ask, replace(told, grant=told.grant and replace(told.grant, **changes))))


def _yes(ask: Request, policy: Policy, **fields) -> Decision:
    return Decision(True, Reason.PERMITTED, policy.digest, fields or None)


def permits_womens_health_alone(ask: Request, snapshot: Snapshot, policy: Policy) -> Decision:
    answer = decide(ask, snapshot, policy)
    return _yes(ask, policy, day="2026-11-20") if answer.reason is Reason.WOMENS_HEALTH else answer


def permits_what_it_does_not_know(ask: Request, snapshot: Snapshot, policy: Policy) -> Decision:
    answer = decide(ask, snapshot, policy)
    return _yes(ask, policy) if answer.reason is Reason.UNKNOWN_DATA_TYPE and not ask.datum else answer


def permits_anyone(ask: Request, snapshot: Snapshot, policy: Policy) -> Decision:
    answer = decide(ask, snapshot, policy)
    return _yes(ask, policy) if answer.reason is Reason.UNKNOWN_PARTNER and not ask.datum else answer


def permits_undeclared(ask: Request, snapshot: Snapshot, policy: Policy) -> Decision:
    answer = decide(ask, snapshot, policy)
    return _yes(ask, policy) if answer.reason is Reason.FLOW_NOT_DECLARED and not ask.datum else answer


def reads_the_other_direction(ask: Request, snapshot: Snapshot, policy: Policy) -> Decision:
    """Take one consent for the other: to collect, and to share."""
    answer = decide(ask, snapshot, policy)
    if answer.reason is not Reason.TOGGLE_OFF or snapshot.grant is None:
        return answer
    other = f"{Direction.IMPORT if ask.direction is Direction.EXPORT else Direction.EXPORT}:{ask.data_type}"
    return _yes(ask, policy) if other in snapshot.grant.on and not ask.datum else answer


def releases_the_whole_document(ask: Request, snapshot: Snapshot, policy: Policy) -> Decision:
    answer = decide(ask, snapshot, policy)
    return replace(answer, fields=ask.datum.fields) if answer.fields and ask.datum else answer


def rounds_what_it_releases(ask: Request, snapshot: Snapshot, policy: Policy) -> Decision:
    answer = decide(ask, snapshot, policy)
    return (
        replace(answer, fields={**(answer.fields or {}), "score": 80})
        if "score" in (answer.fields or {})
        else answer
    )


def keeps_fields_in_a_refusal(ask: Request, snapshot: Snapshot, policy: Policy) -> Decision:
    answer = decide(ask, snapshot, policy)
    return replace(answer, fields={"day": "2026-11-20"}) if answer.reason is Reason.TOGGLE_OFF else answer


def breaks_on_a_suspended_partner(ask: Request, snapshot: Snapshot, policy: Policy) -> Decision:
    answer = decide(ask, snapshot, policy)
    return replace(answer, reason=Reason.ERROR) if answer.reason is Reason.PARTNER_SUSPENDED else answer


def refuses_as_permitted(ask: Request, snapshot: Snapshot, policy: Policy) -> Decision:
    answer = decide(ask, snapshot, policy)
    return replace(answer, reason=Reason.PERMITTED) if answer.reason is Reason.BEFORE_CONSENT else answer


def names_another_policy(ask: Request, snapshot: Snapshot, policy: Policy) -> Decision:
    return replace(decide(ask, snapshot, policy), policy="sha256:of-yesterday")


def is_stricter_when_more_is_on(ask: Request, snapshot: Snapshot, policy: Policy) -> Decision:
    """Lean on what other partners were given."""
    answer = decide(ask, snapshot, policy)
    crowded = snapshot.grant is not None and "import:aura" in snapshot.grant.on
    return replace(answer, permit=False, reason=Reason.TOGGLE_OFF, fields=None) if crowded else answer


def _suspended_is_active(ask: Request, snapshot: Snapshot) -> tuple[Request, Snapshot]:
    return ask, replace(snapshot, partner_status="active")


def _any_channel(ask: Request, snapshot: Snapshot) -> tuple[Request, Snapshot]:
    return replace(ask, channel=None), snapshot


def _the_end_is_a_moment_late(ask: Request, snapshot: Snapshot) -> tuple[Request, Snapshot]:
    grant = snapshot.grant
    if grant is None or grant.expires_at is None:
        return ask, snapshot
    return ask, replace(
        snapshot, grant=replace(grant, expires_at=grant.expires_at + timedelta(microseconds=1))
    )


def _the_day_is_utc(ask: Request, snapshot: Snapshot) -> tuple[Request, Snapshot]:
    return ask, replace(snapshot, member=replace(snapshot.member, timezone="UTC"))


def _everyone_is_a_member(ask: Request, snapshot: Snapshot) -> tuple[Request, Snapshot]:
    return ask, replace(snapshot, member=replace(snapshot.member, membership="active"))


def _everyone_lives_in_the_us(ask: Request, snapshot: Snapshot) -> tuple[Request, Snapshot]:
    return ask, replace(snapshot, member=replace(snapshot.member, region="US"))


def _all_is_from_the_ring(ask: Request, snapshot: Snapshot) -> tuple[Request, Snapshot]:
    datum = Datum(ask.datum.kind, ask.datum.fields, "ring") if ask.datum else None
    return replace(ask, datum=datum), snapshot


def _every_toggle_is_on(ask: Request, snapshot: Snapshot) -> tuple[Request, Snapshot]:
    grant = snapshot.grant
    return ask, replace(
        snapshot, grant=grant and replace(grant, on={**dict.fromkeys([ask.flow]), **grant.on})
    )


def _a_part_is_the_whole(ask: Request, snapshot: Snapshot) -> tuple[Request, Snapshot]:
    grant = snapshot.grant
    return ask, replace(snapshot, grant=grant and replace(grant, on=dict.fromkeys(grant.on)))


ORDER, LIVE = "the_first_rule_that_objects_names_the_reason", "no_permit_without_a_live_grant"
WIDENED = "no_more_than_declared_and_granted"

PLANTED: dict[str, tuple[Decider, str]] = {
    "permits women's health": (permits_womens_health_alone, "womens_health_never_leaves"),
    "permits what it does not know": (permits_what_it_does_not_know, "what_is_unknown_is_denied"),
    "permits anyone": (permits_anyone, "no_permit_without_an_approved_partner"),
    "forgets that a partner is suspended": (
        bent(_suspended_is_active),
        "no_permit_without_an_approved_partner",
    ),
    "permits undeclared flows": (permits_undeclared, "no_permit_without_a_declared_flow"),
    "does not look at the channel": (bent(_any_channel), "no_permit_without_a_declared_flow"),
    "lets every grant live": (told(status=Status.ACTIVE), LIVE),
    "lets a grant live to its end inclusive": (bent(_the_end_is_a_moment_late), LIVE),
    "takes every toggle for on": (bent(_every_toggle_is_on), "no_permit_without_its_toggle"),
    "takes one direction for the other": (reads_the_other_direction, "no_permit_without_its_toggle"),
    "takes a part for the whole": (bent(_a_part_is_the_whole), WIDENED),
    "releases the whole document": (releases_the_whole_document, WIDENED),
    "changes what it releases": (rounds_what_it_releases, "what_leaves_is_what_was_kept"),
    "keeps fields in a refusal": (keeps_fields_in_a_refusal, "a_refusal_releases_nothing"),
    "breaks": (breaks_on_a_suspended_partner, "nothing_breaks_while_deciding"),
    "refuses without a reason": (refuses_as_permitted, "every_refusal_has_its_reason"),
    "names another policy": (names_another_policy, "every_decision_names_its_policy"),
    "overlooks the notice": (told(noticed=None), ORDER),
    "overlooks a changed partner": (told(partner_changed=False), ORDER),
    "overlooks the phone": (told(device_off=frozenset()), ORDER),
    "overlooks the first day": (told(history_from=None), ORDER),
    "counts days in UTC": (bent(_the_day_is_utc), ORDER),
    "takes everyone for a paying member": (bent(_everyone_is_a_member), ORDER),
    "takes everyone to live in one country": (bent(_everyone_lives_in_the_us), ORDER),
    "takes everything to come from the ring": (bent(_all_is_from_the_ring), ORDER),
    "leans on what others were given": (is_stricter_when_more_is_on, ORDER),
}
