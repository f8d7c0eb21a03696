"""`gate check` says what the design's table says, for every partner, direction and data type, in every grant state.

All lines go through the real command in one go. Nothing here is asked of the manifests or of the vocabulary: partners,
data types and what each may carry are written down from DESIGN's own tables, here and in `manifests/tables.py`.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from consent.gate import snapshots
from records.vocabulary.registry import DATA_TYPES
from tests.consent.gate.command import check
from tests.consent.manifests.tables import CEILING, MAY_CARRY

pytestmark = pytest.mark.once
AT = "2026-11-20T12:00:00+00:00"
WORDS_OF_NEVER = (
    "period cycle_insights fertile_window ovulation pregnancy menopause contraception sexual_activity lactation "
    "cervical_mucus basal_body_temperature"
)
WORDS_OF_TYPES = (
    "workout workout_route steps distance power active_energy resting_energy total_energy activity_score "
    "activity_detail "
    "heart_rate resting_heart_rate heart_rate_variability interbeat_interval cardiovascular_age vo2_max "
    "sleep sleep_score optimal_bedtime respiratory_rate spo2 breathing_disturbance "
    "readiness_score readiness_detail daytime_stress resilience rest_mode "
    "height weight date_of_birth age sex temperature_trend glucose meal mindful_minutes session tag "
    "sticker bedtime_reminder activity_nudge wellness_briefing routine_trigger "
    "ring_configuration ring_battery email"
)
NEVER = frozenset(WORDS_OF_NEVER.split())
TYPES = (*WORDS_OF_TYPES.split(), *sorted(NEVER))
TABLE = {**MAY_CARRY, "own-program": (CEILING, "")}
CHANNELS = {
    "strava": "push",
    "stelo": "push",
    "apple-health": "device",
    "health-connect": "device",
    "alexa": "voice",
}
US_ONLY = {"stelo"}

# What is said of the grant, and why a flow that the partner may carry is then open or closed. Every switch is on, but
# where "on" says which.
GRANTS: dict[str, tuple[dict[str, Any] | None, str]] = {
    "none": (None, "no_grant"),
    "active": ({}, "permitted"),
    "active until a second later": ({"expires_at": "2026-11-20T12:00:01+00:00"}, "permitted"),
    "not begun": ({"granted_at": "2026-11-20T12:00:01+00:00"}, "no_grant"),
    "withdrawn": ({"status": "withdrawn"}, "grant_withdrawn"),
    "revoked": ({"status": "revoked"}, "grant_revoked"),
    "expired": ({"status": "expired"}, "grant_expired"),
    "expired by the clock": ({"expires_at": AT}, "grant_expired"),
    "not on the notice": ({"noticed": []}, "notice_outdated"),
    "switched off": ({"on": "the others"}, "toggle_off"),
    "all switched off": ({"on": []}, "toggle_off"),
    "off on the phone": ({"device_off": "the flow"}, "device_permission_off"),
}

OTHERWISE = {"womens_health", "unknown_data_type", "unknown_partner", "partner_suspended", "flow_not_declared",
             "region_not_served", "membership_lapsed"}  # fmt: skip
REASONS = OTHERWISE | {reason for _, reason in GRANTS.values()}


def asked() -> Iterator[tuple[dict[str, Any], str]]:
    """Yield every line with the reason that the design gives."""
    for partner in [*TABLE, "nobody"]:
        for direction in ("export", "import"):
            for data_type in [*TYPES, "unheard_of"]:
                line = {"partner": partner, "direction": direction, "data_type": data_type, "at": AT}
                for told, reason in GRANTS.values():
                    yield {**line, "grant": grant(line, told)}, due(line, reason)
                yield from elsewise({**line, "grant": grant(line, {})})


def elsewise(live: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield a line whose grant is live and whose partner, member or channel is another than usual."""
    partner = live["partner"]
    own = CHANNELS.get(partner, "api")
    yield {**live, "partner_status": "suspended"}, due(live, "partner_suspended", paused=True)
    away = "region_not_served" if partner in US_ONLY else "permitted"
    yield {**live, "member": {"region": "FI"}}, due(live, away)
    lapsed = "membership_lapsed" if own == "api" else "permitted"  # the phone, the voice and the push go on
    yield {**live, "member": {"membership": "lapsed"}}, due(live, lapsed)
    for channel in ("push", "api", "device", "voice"):
        reason = "permitted" if channel == own else "flow_not_declared"
        yield {**live, "channel": channel}, due(live, reason)


def carried(partner: str) -> set[str]:
    out, in_ = TABLE.get(partner, ("", ""))
    return {f"export:{each}" for each in out.split()} | {f"import:{each}" for each in in_.split()}


def grant(line: dict[str, Any], told: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a grant whose every switch is on, that of the flow in question too, but for what is told of it."""
    if told is None:
        return None
    flow = f"{line['direction']}:{line['data_type']}"
    others = carried(line["partner"]) - {flow}
    said = {"on": sorted({*others, flow}), "granted_at": "2026-11-01T00:00:00+00:00", **told}
    if said["on"] == "the others":
        said["on"] = sorted(others)
    if said.get("device_off") == "the flow":
        said["device_off"] = [flow]
    return said


def due(line: dict[str, Any], reason: str, *, paused: bool = False) -> str:
    """Return the first reason in the design's order; `reason` is that of a flow which the partner may carry."""
    if line["data_type"] in NEVER:
        return "womens_health"
    if line["data_type"] not in TYPES:
        return "unknown_data_type"
    if line["partner"] not in TABLE:
        return "unknown_partner"
    if paused:
        return reason
    may = f"{line['direction']}:{line['data_type']}" in carried(line["partner"])
    return reason if may else "flow_not_declared"


def test_the_types_of_the_design_are_those_of_the_vocabulary() -> None:
    assert sorted(TYPES) == sorted(DATA_TYPES)
    assert len(TABLE) == 14


def test_check_agrees_with_the_table_for_every_partner_direction_and_type_in_every_grant_state() -> None:
    lines = [({**line, "id": number}, reason) for number, (line, reason) in enumerate(asked())]

    answers, code, said = check(line for line, _ in lines)

    assert (code, said, len(answers)) == (0, "", len(lines))
    digest = snapshots.policy().digest
    wrong = [
        (line, reason, answer)
        for (line, reason), answer in zip(lines, answers, strict=True)
        if answer
        != {
            "id": line["id"],
            "permit": reason == "permitted",
            "reason": reason,
            "released": None,
            "policy": digest,
        }
    ]
    assert wrong[:3] == []
    assert len(lines) == 15 * 2 * (len(TYPES) + 1) * (len(GRANTS) + 7)
    assert {reason for _, reason in lines} == REASONS
