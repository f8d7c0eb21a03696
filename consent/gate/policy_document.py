"""A policy as one JSON document, and back. Holds all that can change an answer, and no words of a screen. Pure."""

from collections.abc import Mapping
from typing import Any

from consent.manifests.shapes import (
    Channel,
    Condition,
    Direction,
    Flow,
    Granularity,
    Manifest,
    OfTheCurrentLocalDay,
    Purpose,
    SourceIn,
)
from records.vocabulary.shapes import Category, DataType, DocumentKind, Field, Sensitivity, Value
from records.vocabulary.tags import MAY_LEAVE

RULES_VERSION = 2  # raised by hand whenever rules.py or projection.py would answer differently
Document = Mapping[str, Any]


class PolicyUnreadable(ValueError):
    """A kept policy was written for other rules than this code has."""

    def __init__(self, version: object) -> None:
        super().__init__(
            f"This policy was written for version {version} of the rules; this code has version {RULES_VERSION}. "
            "Run it with the code of its day."
        )


def of_policy(
    manifests: Mapping[str, Manifest], data_types: Mapping[str, DataType], kinds: Mapping[str, DocumentKind]
) -> dict[str, Any]:
    """Return the document of a policy; its digest is the policy's."""
    return {
        "rules": RULES_VERSION,
        "tags": sorted(MAY_LEAVE),
        "data_types": {key: _data_type(each) for key, each in data_types.items()},
        "kinds": {name: _kind(each) for name, each in kinds.items()},
        "manifests": {slug: of_manifest(each) for slug, each in manifests.items()},
    }


def of_manifest(manifest: Manifest) -> dict[str, Any]:
    """Return what the gate reads of a manifest."""
    return {
        "slug": manifest.slug,
        "flows": {flow.key: _flow(flow) for flow in manifest.flows},
        "imports_stay": manifest.imports_stay,
        "regions": sorted(manifest.regions) if manifest.regions is not None else None,
    }


def read_policy(
    document: Document,
) -> tuple[dict[str, Manifest], dict[str, DataType], dict[str, DocumentKind]]:
    """Return manifests, data types and kinds of a kept document. Raises PolicyUnreadable."""
    if document.get("rules") != RULES_VERSION:
        raise PolicyUnreadable(document.get("rules"))
    return (
        {slug: read_manifest(each) for slug, each in document["manifests"].items()},
        {key: _read_data_type(key, each) for key, each in document["data_types"].items()},
        {name: _read_kind(name, each) for name, each in document["kinds"].items()},
    )


def read_manifest(document: Document) -> Manifest:
    """Return a manifest that has what the gate reads, and no words."""
    regions = document["regions"]
    words: dict[str, Any] = dict.fromkeys(
        (
            "name",
            "legal_entity",
            "country",
            "summary",
            "how_often",
            "privacy_url",
            "deletion_url",
            "retention",
        ),
        "",
    )
    return Manifest(
        slug=document["slug"],
        **words,
        regions=frozenset(regions) if regions is not None else None,
        imports_stay=document["imports_stay"],
        flows=tuple(_read_flow(key, each) for key, each in document["flows"].items()),
    )


def _flow(flow: Flow) -> dict[str, Any]:
    return {
        "channel": flow.channel.value,
        "fields": {kind: list(paths) for kind, paths in flow.fields.items()},
        "granularity": flow.granularity.value,
        "purpose": flow.purpose.value,
        "when": [_condition(condition) for condition in flow.when],
    }


def _read_flow(key: str, document: Document) -> Flow:
    direction, _, data_type = key.partition(":")
    return Flow(
        direction=Direction(direction),
        data_type=data_type,
        channel=Channel(document["channel"]),
        fields={kind: tuple(paths) for kind, paths in document["fields"].items()},
        granularity=Granularity(document["granularity"]),
        purpose=Purpose(document["purpose"]),
        when=tuple(_read_condition(each) for each in document["when"]),
        name="",
        hint="",
        why="",
    )


def _condition(condition: Condition) -> dict[str, Any]:
    match condition:
        case SourceIn(sources):
            return {"source_in": sorted(sources)}
        case OfTheCurrentLocalDay(start):
            return {"of_the_current_local_day": start}


def _read_condition(document: Document) -> Condition:
    if "source_in" in document:
        return SourceIn(frozenset(document["source_in"]))
    return OfTheCurrentLocalDay(document["of_the_current_local_day"])


def _data_type(each: DataType) -> dict[str, Any]:
    return {
        "category": each.category.value,
        "sensitivity": each.sensitivity.value,
        "made_of": list(each.made_of),
    }


def _read_data_type(key: str, document: Document) -> DataType:
    return DataType(
        key=key,
        label="",
        hint="",
        category=Category(document["category"]),
        sensitivity=Sensitivity(document["sensitivity"]),
        made_of=tuple(document["made_of"]),
    )


def _kind(kind: DocumentKind) -> dict[str, Any]:
    return {
        "day": kind.day,
        "series": kind.series,
        "fields": [
            [leaf.path, leaf.data_type, leaf.value.value, leaf.sensitivity.value, leaf.stays, leaf.per_entry]
            for leaf in kind.fields
        ],
    }


def _read_kind(name: str, document: Document) -> DocumentKind:
    leaves = tuple(
        Field(
            path=path,
            data_type=data_type,
            value=Value(value),
            sensitivity=Sensitivity(sensitivity),
            stays=stays,
            per_entry=per_entry,
        )
        for path, data_type, value, sensitivity, stays, per_entry in document["fields"]
    )
    return DocumentKind(name=name, fields=leaves, day=document["day"], series=document["series"])
