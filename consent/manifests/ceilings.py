"""What bounds manifests besides the vocabulary: types kept for one partner, partners kept to one flow. Pure.

The ceiling of self-service partners and of the member's own program is what `/v2` carries without
`temperature_trend` and `readiness_detail`: the score and its other parts together would give temperature back.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from consent.manifests.shapes import Channel, Direction, Manifest
from records.vocabulary.registry import KINDS
from records.vocabulary.shapes import DocumentKind

OWN_PROGRAM = "own-program"

# Who alone may have a data type. Nobody = in no flow of anyone.
KEPT_FOR: Mapping[str, frozenset[str]] = MappingProxyType(
    {"temperature_trend": frozenset({"natural-cycles"}), "readiness_detail": frozenset()}
)

# Partners that may have these flows and no other, whatever their manifest says one day.
KEPT_TO: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "natural-cycles": frozenset({"export:temperature_trend"}),
        "stelo": frozenset({"import:glucose"}),  # nothing is ever sent
        "headspace": frozenset(),  # which session to suggest is computed here
        "clue": frozenset(),  # no direct connection
        "flo": frozenset(),
    }
)

# The union of what the scopes open, but for the one of Natural Cycles.
SELF_SERVICE: tuple[str, ...] = (
    "workout", "steps", "distance", "active_energy", "total_energy", "activity_score", "activity_detail",
    "heart_rate", "resting_heart_rate", "heart_rate_variability", "interbeat_interval",
    "cardiovascular_age", "vo2_max",
    "sleep", "sleep_score", "optimal_bedtime", "respiratory_rate", "spo2", "breathing_disturbance",
    "readiness_score", "daytime_stress", "resilience", "rest_mode",
    "height", "weight", "age", "sex",
    "session", "tag", "ring_configuration", "ring_battery", "email",
)  # fmt: skip


def served(data_type: str) -> dict[str, tuple[str, ...]]:
    """Return every field of a data type that `/v2` has, document by document. Free text is left out."""
    by_kind = {kind.name: _served_of(kind, data_type) for kind in KINDS.values() if not kind.own}
    return {name: paths for name, paths in by_kind.items() if paths}


def above_self_service(manifest: Manifest) -> Iterator[str]:
    """Yield what a manifest asks for beyond the ceiling of self-service partners and of the member's own program."""
    for flow in manifest.flows:
        if flow.direction is not Direction.EXPORT or flow.channel is not Channel.API:
            yield f"{flow.key}: only the API, and only out, is open to {manifest.slug}. Take it out."
        elif flow.data_type not in SELF_SERVICE:
            yield f"{flow.key} is above what anyone can ask for by themselves. Take it out."
        else:
            open_ = {f"{kind}.{path}" for kind, paths in served(flow.data_type).items() for path in paths}
            beyond = sorted(flow.field_set - open_)
            if beyond:
                yield f"{flow.key}: {', '.join(beyond)} is not served. Take it out."


def beyond_their_ceiling(manifest: Manifest) -> Iterator[str]:
    """Yield each flow that is kept for another partner, or that this partner is kept from."""
    kept_to = KEPT_TO.get(manifest.slug)
    for flow in manifest.flows:
        if manifest.slug not in KEPT_FOR.get(flow.data_type, {manifest.slug}):
            who = ", ".join(sorted(KEPT_FOR[flow.data_type]))
            yield f"{flow.key}: this data type goes to {who + ' alone' if who else 'nobody'}. Take it out."
        if kept_to is not None and flow.key not in kept_to:
            only = ", ".join(sorted(kept_to)) or "nothing"
            yield f"{flow.key}: {manifest.slug} carries {only} and no more. Take it out."
    if manifest.slug == OWN_PROGRAM:
        yield from above_self_service(manifest)


def _served_of(kind: DocumentKind, data_type: str) -> tuple[str, ...]:
    return tuple(
        leaf.path
        for leaf in kind.fields
        if leaf.data_type == data_type and not leaf.own and not leaf.sensitivity.private
        if leaf.path.partition("[]")[0] not in kind.torn
    )
