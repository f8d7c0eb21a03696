"""The policy in force as Cedar says it, for reviewers who read Cedar and for an engine that checks the gate. Pure.

One `permit` a flow, and one `forbid` a rule that holds for all. What is asked is principal (the partner), action (the
direction) and resource (the data type); everything that was true stands in the context, whose shape is `SCHEMA`. Times
are microseconds since 1970, days are proleptic ordinals; `present` are the `kind.path` of a document that hold a value,
`timed` those of them that do so in a row whose time can be read.
Cedar answers yes or no: the reasons and the projection are the gate's own.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from consent.gate.policy import Policy
from consent.manifests.shapes import Channel, Condition, Direction, Flow, Granularity, Manifest, SourceIn
from records.vocabulary.registry import DATA_TYPES, KINDS
from records.vocabulary.tags import MAY_LEAVE

SCHEMA = """
entity Category;
entity DataType in [Category, DataType];
entity Partner;
type Grant = {
  status: String, granted_at: Long, expires_at?: Long, history_from?: Long, changed: Bool,
  on: Set<String>, shown?: Set<String>, noticed?: Set<String>, device_off: Set<String>
};
type Document = {
  kind: String, origin: String, source?: String, began?: Long,
  dated: Bool, earliest?: Long, coded: Bool, codes: Set<String>, present: Set<String>, timed: Set<String>
};
type Asked = {
  at: Long, today: Long, flow: String, channel?: String, partner_status: String,
  member: { region: String, ring_generation: Long, membership: String },
  grant?: Grant, document?: Document
};
action export, import appliesTo { principal: Partner, resource: DataType, context: Asked };
"""

_LIVE = """context has grant && context.grant.status == "active" && context.grant.granted_at <= context.at
  && !(context.grant has expires_at && context.grant.expires_at <= context.at)"""
_NOT_SHOWN = "context has grant && context.grant has noticed && !context.grant.noticed.contains(context.flow)"
_BEFORE = """context has grant && context.grant has history_from && context has document && context.document.dated
  && !(context.document has earliest && context.document.earliest >= context.grant.history_from)"""
_LAPSED = 'context.member.ring_generation >= 3 && context.member.membership != "active"'


def policies(policy: Policy) -> str:
    """Return the whole policy as Cedar text: what is forbidden to all, then what each partner may."""
    permits = (
        _permit(manifest, flow) for _, manifest in sorted(policy.manifests.items()) for flow in manifest.flows
    )
    return f"// The policy {policy.digest}\n\n" + "\n\n".join([*_forbids(policy), *permits]) + "\n"


def entities() -> list[dict[str, Any]]:
    """Return every data type as a Cedar entity: a child of its category and of the parts it is made of."""
    categories = sorted({data_type.category.value for data_type in DATA_TYPES.values()})
    found = [_entity("Category", name, ()) for name in categories]
    for key, data_type in DATA_TYPES.items():
        parents = [
            ("Category", data_type.category.value),
            *(("DataType", part) for part in data_type.made_of),
        ]
        found.append(_entity("DataType", key, parents))
    return found


def _entity(kind: str, name: str, parents: Iterable[tuple[str, str]]) -> dict[str, Any]:
    above = [{"type": parent, "id": key} for parent, key in parents]
    return {"uid": {"type": kind, "id": name}, "attrs": {}, "parents": above}


def _forbids(policy: Policy) -> Iterator[str]:
    yield '@id("womens_health")\nforbid (principal, action, resource in Category::"womens_health");'
    private = sorted(kind.name for kind in KINDS.values() if kind.womens_health)
    allowed = sorted(stem.replace("_", "") for stem in MAY_LEAVE)
    staying = sorted(slug for slug, manifest in policy.manifests.items() if manifest.imports_stay)
    document = "context has document && "
    out = 'action == Action::"export"'
    yield _forbid("womens_health", f"{document}{_set(private)}.contains(context.document.kind)")
    yield _forbid("partner_suspended", 'context.partner_status != "active"')
    yield _forbid("grant", f"!({_LIVE})")
    yield _forbid("notice_outdated", _NOT_SHOWN)
    yield _forbid("partner_changed", "context has grant && context.grant.changed")
    yield _forbid("toggle_off", "!(context has grant && context.grant.on.contains(context.flow))")
    yield _forbid(
        "device_permission_off", "context has grant && context.grant.device_off.contains(context.flow)"
    )
    yield _forbid("before_consent", _BEFORE, out)
    yield _forbid("origin_not_allowed", f"{document}{_set(staying)}.contains(context.document.origin)", out)
    codes = f"context.document.codes.isEmpty() || !{_set(allowed)}.containsAll(context.document.codes)"
    yield _forbid("womens_health_entry", f"{document}context.document.coded && ({codes})")


def _forbid(name: str, when: str, action: str = "action") -> str:
    return f'@id("{name}")\nforbid (principal, {action}, resource)\nwhen {{ {when} }};'


def _permit(manifest: Manifest, flow: Flow) -> str:
    lines = [f'if context has channel then context.channel == "{flow.channel}" else true']
    if manifest.regions is not None:
        lines.append(f"{_set(sorted(manifest.regions))}.contains(context.member.region)")
    if flow.channel is Channel.API:
        lines.append(f"!({_LAPSED})")
    asked = [*map(_met, flow.when), f"context has grant && ({_something(manifest, flow)})"]
    lines += [f"if context has document then ({each}) else true" for each in asked]
    head = (
        f'@id("{manifest.slug} {flow.key}")\npermit (principal == Partner::"{manifest.slug}", '
        f'action == Action::"{flow.direction}", resource == DataType::"{flow.data_type}")'
    )
    return f"{head}\nwhen {{\n  (" + ")\n  && (".join(lines) + ")\n};"


def _met(condition: Condition) -> str:
    if isinstance(condition, SourceIn):
        allowed = _set(sorted(condition.sources))
        return f"context.document has source && {allowed}.contains(context.document.source)"
    return "context.document has began && context.document.began == context.today"


def _something(manifest: Manifest, flow: Flow) -> str:
    """At least one declared field holds a value, was shown, and is no part whose own switch is off."""
    held, place = [], "present" if flow.granularity is Granularity.AS_RECORDED else "timed"
    for path in sorted(flow.field_set):
        kind, _, leaf = path.partition(".")
        part = f"export:{KINDS[kind].by_path[leaf].data_type}"
        own_switch = DATA_TYPES[flow.data_type].made_of and manifest.flow(part) is not None
        shown = f'(if context.grant has shown then context.grant.shown.contains("{path}") else true)'
        opened = (
            f' && context.grant.on.contains("{part}")'
            if own_switch and flow.direction is Direction.EXPORT
            else ""
        )
        held.append(f'context.document.{place}.contains("{path}") && {shown}{opened}')
    return "\n    || ".join(held)


def _set(values: Iterable[str]) -> str:
    return json.dumps(list(values))
