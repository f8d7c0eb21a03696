"""What a manifest may not say. Pure: the vocabulary and the manifest decide, before anyone is asked anything."""

from collections.abc import Iterator

from consent.manifests.shapes import Direction, Flow, Manifest, Purpose
from records.vocabulary.data_types import DATA_TYPES
from records.vocabulary.registry import kind_of
from records.vocabulary.shapes import Category, DataType, Sensitivity


def problems_of(manifest: Manifest) -> list[str]:
    """Return every reason why a manifest does not load, each a sentence that says what to change."""
    found = []
    keys = [flow.key for flow in manifest.flows]
    found += [
        f"{key} is declared twice: keep one." for key in sorted({key for key in keys if keys.count(key) > 1})
    ]
    for flow in manifest.flows:
        found += [f"{flow.key}: {problem}" for problem in _flow_problems(flow)]
        if flow.rides_on is not None and flow.rides_on not in keys:
            found.append(f"{flow.key} rides on {flow.rides_on}, which is not declared.")
    return found


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
    if not flow.fields:
        yield "it names no field. Name the fields it needs, document by document."
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
    if leaf.data_type not in allowed:
        return f"{kind_name}.{path} belongs to {leaf.data_type or 'the envelope'}, not to {flow.data_type}."
    return None


def is_womens_health(data_type: DataType) -> bool:
    """Whether a data type, or any part it is made of, is women's health."""
    if Category.WOMENS_HEALTH is data_type.category or data_type.sensitivity is Sensitivity.WOMENS_HEALTH:
        return True
    return any(part not in DATA_TYPES or is_womens_health(DATA_TYPES[part]) for part in data_type.made_of)


def _word(sensitivity: Sensitivity) -> str:
    return "free text" if sensitivity is Sensitivity.TEXT else "women's health"
