"""What a manifest may not say. Pure: the vocabulary and the manifest decide, before anyone is asked anything."""

import re
from collections.abc import Iterator

from consent.manifests.ceilings import beyond_their_ceiling
from consent.manifests.shapes import Channel, Direction, Flow, Granularity, Manifest, Purpose
from records.vocabulary.data_types import DATA_TYPES
from records.vocabulary.registry import kind_of
from records.vocabulary.shapes import Category, DataType, Sensitivity

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
REGION = re.compile(r"[A-Z]{2}")


def problems_of(manifest: Manifest) -> list[str]:
    """Return every reason why a manifest does not load, each a sentence that says what to change."""
    found = [*_identity_problems(manifest)]
    keys = [flow.key for flow in manifest.flows]
    found += [
        f"{key} is declared twice: keep one." for key in sorted({key for key in keys if keys.count(key) > 1})
    ]
    for flow in manifest.flows:
        found += [f"{flow.key}: {problem}" for problem in _flow_problems(flow)]
        if flow.rides_on is not None and flow.rides_on not in keys:
            found.append(f"{flow.key} rides on {flow.rides_on}, which is not declared.")
    return [*found, *beyond_their_ceiling(manifest)]


def _identity_problems(manifest: Manifest) -> Iterator[str]:
    if not SLUG.fullmatch(manifest.slug):
        yield "the slug is not made of small letters, digits and dashes."
    for name in ("name", "legal_entity", "country", "summary", "how_often", "retention"):
        if not getattr(manifest, name):
            yield f"it does not say its {name.replace('_', ' ')}, which stands on the member's page."
    if not all(REGION.fullmatch(region) for region in manifest.regions or ()):
        yield "a region is no ISO 3166-1 code of two letters."
    if manifest.regions is not None and not manifest.regions:
        yield "it serves no region. Leave the regions out to serve all."
    if bool(manifest.flows) == bool(manifest.no_connection):
        yield "a partner has flows, or says why there is no connection: one of the two."


def _flow_problems(flow: Flow) -> Iterator[str]:
    data_type = DATA_TYPES.get(flow.data_type)
    if data_type is None:
        yield "there is no such data type. Use a key of the vocabulary."
        return
    if is_womens_health(data_type):
        yield "women's health is in no flow, in either direction, for anyone. Take it out."
        return
    if flow.purpose not in set(Purpose):
        yield "the purpose is not one of ours; advertising and sale are never one. Choose another."
    if flow.direction not in set(Direction) or flow.channel not in set(Channel):
        yield "the direction or the channel is not one of ours. Choose another."
    if not (flow.name and flow.hint and flow.why):
        yield "its switch has no words. Say what is sent, and why."
    if not any(flow.fields.values()):
        yield "it names no field. Name the fields it needs, document by document."
    if flow.granularity is not Granularity.AS_RECORDED and not _carries_a_series(flow):
        yield "it thins out a series and carries none. Leave the granularity out."
    for kind, paths in flow.fields.items():
        for path in paths:
            if problem := _field_problem(flow, data_type, kind, path):
                yield problem


def _field_problem(flow: Flow, data_type: DataType, kind_name: str, path: str) -> str | None:
    kind = kind_of(kind_name)
    leaf = kind.by_path.get(path) if kind else None
    if leaf is None:
        return f"{kind_name}.{path} is no field of the vocabulary."
    if leaf.sensitivity.private:
        return f"{kind_name}.{path} is {_word(leaf.sensitivity)} and is in no flow. Take it out."
    allowed = (
        (flow.data_type, *data_type.made_of) if flow.direction is Direction.EXPORT else (flow.data_type,)
    )
    if leaf.data_type is None:
        return f"{kind_name}.{path} belongs to no data type and goes along with one, or stays. Take it out."
    if leaf.data_type not in allowed:
        return f"{kind_name}.{path} belongs to {leaf.data_type}, not to {flow.data_type}. Take it out."
    return None


def _carries_a_series(flow: Flow) -> bool:
    return any(kind.series for kind in map(kind_of, flow.fields) if kind is not None)


def is_womens_health(data_type: DataType) -> bool:
    """Whether a data type, or any part it is made of, is women's health."""
    if Category.WOMENS_HEALTH is data_type.category or data_type.sensitivity.private:
        return True
    return any(part not in DATA_TYPES or is_womens_health(DATA_TYPES[part]) for part in data_type.made_of)


def _word(sensitivity: Sensitivity) -> str:
    return "free text" if sensitivity is Sensitivity.TEXT else "women's health"
