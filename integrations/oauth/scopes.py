"""What each scope opens: collections of the partner API, and flows whose switches the consent screen lists. Pure.

A scope only limits a list. What leaves is decided by the member's switches, one by one, at the gate. No scope opens
women's health; temperature goes to Natural Cycles alone and has a scope that nobody else's manifest can use.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from consent.manifests.shapes import Manifest

TEMPERATURE = "temperature_trend"  # a flow of Natural Cycles' own manifest, and of no other


def _flows(*data_types: str) -> frozenset[str]:
    return frozenset(f"export:{data_type}" for data_type in data_types)


_SPO2 = _flows("spo2", "breathing_disturbance")

SCOPES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "email": _flows("email"),
        "personal": _flows("age", "weight", "height", "sex"),
        "daily": _flows(
            "steps", "distance", "active_energy", "total_energy", "activity_score", "activity_detail",
            "sleep", "sleep_score", "optimal_bedtime", "respiratory_rate",
            "heart_rate", "resting_heart_rate", "heart_rate_variability",
            "readiness_score", "daytime_stress", "rest_mode", "ring_battery", "ring_configuration",
        ),
        "heartrate": _flows("heart_rate", "interbeat_interval"),
        "workout": _flows("workout"),
        "session": _flows("session", "heart_rate", "heart_rate_variability"),
        "tag": _flows("tag"),
        "spo2": _SPO2,
        "spo2Daily": _SPO2,  # the older name of the same scope
        "stress": _flows("resilience", "daytime_stress"),
        "heart_health": _flows("cardiovascular_age", "vo2_max"),
        "ring_configuration": _flows("ring_configuration"),
    }
)  # fmt: skip

# Which of these scopes opens a collection: any one of them. Where reports of the original differ, either does.
OPENED_BY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "personal_info": (),  # its id needs none; each field has its own
        "daily_activity": ("daily",),
        "daily_sleep": ("daily",),
        "daily_readiness": ("daily",),
        "sleep": ("daily",),
        "sleep_time": ("daily",),
        "rest_mode_period": ("daily",),
        "daily_stress": ("daily", "stress"),
        "ring_battery_level": ("daily",),
        "heartrate": ("heartrate",),
        "interbeat_interval": ("heartrate",),
        "workout": ("workout",),
        "session": ("session",),
        "tag": ("tag",),
        "enhanced_tag": ("tag",),
        "daily_spo2": ("spo2", "spo2Daily"),
        "daily_resilience": ("stress",),
        "daily_cardiovascular_age": ("heart_health",),
        "vO2_max": ("heart_health",),
        "ring_configuration": ("ring_configuration",),
    }
)


def asked_for(told: str, *, approved: Iterable[str]) -> tuple[str, ...]:
    """Return the scopes of a request that its application may have, in their order; none named = all that it may have.

    Unknown and unapproved ones are ignored, as widely deployed clients ask for scopes that do not exist.
    """
    allowed = {known for scope in approved for known in spellings(scope)}
    named = told.split()
    if not named:
        return tuple(scope for scope in KNOWN if scope in set(approved))
    return tuple(dict.fromkeys(scope for scope in named if scope in allowed))


def flows_of(scopes: Iterable[str], manifest: Manifest) -> tuple[str, ...]:
    """Return the flows that some scopes map to and a partner's manifest declares, in the manifest's order."""
    opened = opened_by(scopes)
    if TEMPERATURE in set(scopes) and manifest.slug == "natural-cycles":
        opened |= {"export:temperature_trend"}
    return tuple(flow.key for flow in manifest.flows if flow.key in opened)


def opened_by(scopes: Iterable[str]) -> frozenset[str]:
    """Return the flows that some scopes map to, whoever declares them: what a token reads through the API, at most."""
    return frozenset[str]().union(*(SCOPES.get(scope, frozenset()) for scope in scopes))


def within(narrow: Iterable[str], wide: Iterable[str]) -> bool:
    """Whether every one of some scopes is among others, whichever way it is spelled."""
    return {_plain(scope) for scope in narrow} <= {_plain(scope) for scope in wide}


def spellings(scope: str) -> tuple[str, ...]:
    """Return every name of a scope that is known; none for one that is not."""
    if scope in {"spo2", "spo2Daily"}:
        return ("spo2", "spo2Daily")
    return (scope,) if scope in SCOPES or scope == TEMPERATURE else ()


def _plain(scope: str) -> str:
    return "spo2" if scope == "spo2Daily" else scope


KNOWN: tuple[str, ...] = (*(scope for scope in SCOPES if scope != "spo2Daily"), TEMPERATURE)
