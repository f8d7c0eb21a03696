"""The policy in force as a page that a compliance officer can read. Pure; written from the same shapes that decide."""

from collections.abc import Iterator

from consent.gate.policy import Policy
from consent.gate.reasons import WORDS
from consent.gate.shapes import Reason
from consent.manifests.shapes import Direction, Flow, Granularity, Manifest, OfTheCurrentLocalDay, SourceIn
from records.vocabulary.shapes import Category

RULES: tuple[tuple[str, tuple[Reason, ...]], ...] = (
    ("Women's health goes to nobody, and neither does what is made of it.", (Reason.WOMENS_HEALTH,)),
    ("The data type must exist.", (Reason.UNKNOWN_DATA_TYPE,)),
    ("The partner must be registered and active.", (Reason.UNKNOWN_PARTNER, Reason.PARTNER_SUSPENDED)),
    ("Its manifest must declare the flow, in this direction and channel.", (Reason.FLOW_NOT_DECLARED,)),
    (
        "The member's grant must be live: given, not ended, not run out, and to the partner as it is today.",
        (
            Reason.NO_GRANT,
            Reason.GRANT_WITHDRAWN,
            Reason.GRANT_REVOKED,
            Reason.GRANT_EXPIRED,
            Reason.NOTICE_OUTDATED,
            Reason.PARTNER_CHANGED,
        ),
    ),
    ("The member's switch for this flow must be on.", (Reason.TOGGLE_OFF,)),
    ("The phone's own permission must be on.", (Reason.DEVICE_PERMISSION_OFF,)),
    ("The partner must be offered where the member lives.", (Reason.REGION_NOT_SERVED,)),
    ("Ring generation 3 and later needs a membership for the partner API.", (Reason.MEMBERSHIP_LAPSED,)),
    (
        "The document must meet the flow's conditions, be no older than the yes, and be no partner's to keep.",
        (Reason.SOURCE_NOT_ALLOWED, Reason.NOT_CURRENT_DAY, Reason.BEFORE_CONSENT, Reason.ORIGIN_NOT_ALLOWED),
    ),
    ("An entry that names women's health drops out.", (Reason.WOMENS_HEALTH_ENTRY,)),
    ("At least one field must be left to release.", (Reason.NOTHING_TO_RELEASE,)),
)
THINNED = {
    Granularity.AS_RECORDED: "",
    Granularity.ONE_A_MINUTE: "one sample a minute",
    Granularity.NEWEST: "the newest value only",
}


def markdown(policy: Policy) -> str:
    """Return the whole policy in plain words: what never leaves, the rules in order, and each partner's flows."""
    return "\n".join([*_head(policy), *_rules(), *_partners(policy), *_reasons()]) + "\n"


def _head(policy: Policy) -> Iterator[str]:
    never = sorted(
        each.label or key
        for key, each in policy.data_types.items()
        if each.category is Category.WOMENS_HEALTH
    )
    yield "# The policy in force"
    yield ""
    yield f"Version `{policy.digest}`. Written by `manage.py gate policy --format markdown`, not by hand."
    yield ""
    yield "Every field of every document belongs to one data type. A field leaves only if a partner's flow declares it"
    yield "*and* the member has that flow switched on. Every switch starts off. What no flow declares never leaves."
    yield ""
    yield "## What never leaves, to anyone"
    yield ""
    yield f"{', '.join(never)}."
    yield ""
    yield "No flow can name them: a manifest that does is not loaded. Free text is in no flow either."
    yield ""


def _rules() -> Iterator[str]:
    yield "## The rules, in the order they are asked"
    yield ""
    yield "The first that objects names the reason. When none does, the declared and agreed fields leave."
    yield ""
    for number, (sentence, reasons) in enumerate(RULES, 1):
        yield f"{number}. {sentence} ({', '.join(f'`{reason}`' for reason in reasons)})"
    yield ""


def _partners(policy: Policy) -> Iterator[str]:
    yield "## What each partner may carry at most"
    yield ""
    for slug in sorted(policy.manifests):
        yield from _partner(policy.manifests[slug])


def _partner(manifest: Manifest) -> Iterator[str]:
    yield f"### {manifest.name}"
    yield ""
    yield f"`{manifest.slug}`, {manifest.legal_entity}, {manifest.country}. {manifest.retention}"
    if manifest.regions is not None:
        yield f"Only for members in: {', '.join(sorted(manifest.regions))}."
    if manifest.imports_stay:
        yield "What comes in from here goes out to nobody."
    yield ""
    if not manifest.flows:
        yield f"No connection. {manifest.no_connection}"
        yield ""
        return
    yield "| direction | data type | channel | purpose | fields | only if |"
    yield "|---|---|---|---|---|---|"
    for flow in manifest.flows:
        way = "out" if flow.direction is Direction.EXPORT else "in"
        fields = "; ".join(f"{kind}: {', '.join(paths)}" for kind, paths in flow.fields.items())
        purpose = flow.purpose.value.replace("_", " ")
        only = "; ".join(_conditions(flow)) or "-"
        yield f"| {way} | `{flow.data_type}` | {flow.channel.value} | {purpose} | {fields} | {only} |"
    yield ""


def _conditions(flow: Flow) -> Iterator[str]:
    for condition in flow.when:
        match condition:
            case SourceIn(sources):
                yield f"its source is {' or '.join(sorted(sources))}"
            case OfTheCurrentLocalDay():
                yield "it began on the member's current day"
    if THINNED[flow.granularity]:
        yield THINNED[flow.granularity]


def _reasons() -> Iterator[str]:
    yield "## Every reason, in three sentences"
    yield ""
    yield "| reason | to the member | to the partner | to the auditor |"
    yield "|---|---|---|---|"
    for reason in Reason:
        words = WORDS[reason]
        member = words.member.replace("{partner}", "*the partner*").replace("{what}", "*data type*")
        yield f"| `{reason}` | {member} | {words.partner} | {words.auditor} |"
