"""One sentence for each kind of entry, as the member reads it. Kinds that are no line of their own give None."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.log.events import Outcome
from audit.log.models import Entry
from consent.gate.reasons import WORDS
from consent.gate.shapes import Reason
from consent.manifests.shapes import Direction
from consent.web import words

OUT, IN, STAY, CHOICE = "out", "in", "stay", "good"
WORD = {
    OUT: gettext_lazy("Went out"),
    IN: gettext_lazy("Came in"),
    STAY: gettext_lazy("Blocked"),
    CHOICE: gettext_lazy("Your choice"),
}
PARTNER_WORD = gettext_lazy("The link")
STAFF_WORD = gettext_lazy("Our staff")
PROGRAM_WORD = gettext_lazy("Your program")
READ = "api.answered"  # it went out or was blocked: its outcome says which; with neither it is no line
KINDS = {
    OUT: ("delivery.delivered", "delivery.may_have_arrived", "event.sent", "event.may_have_arrived", READ),
    IN: ("import.permitted",),
    STAY: (
        "release.refused",
        "import.refused",
        "delivery.dead",
        "delivery.cancelled",
        "delivery.expired",
        READ,
    ),
    CHOICE: (
        "grant.given",
        "grant.changed",
        "grant.withdrawn",
        "grant.revoked",
        "grant.expired",
        "toggle.on",
        "toggle.off",
        "consent.refused",
        "connection.opened",
        "connection.partial",
        "connection.refused",
        "connection.broken",
        "partner.told",
        "import.deleted",
        "import.forgotten",
        "staff.imported",
        "token.created",
        "token.ended",
        "token.returned",
    ),
}
# What the member did: an end by the partner or by the clock is none of it.
OWN = (
    "grant.given",
    "grant.changed",
    "grant.withdrawn",
    "toggle.on",
    "toggle.off",
    "consent.refused",
    "token.created",
    "token.ended",
)
SHOWN = tuple(kind for kinds in KINDS.values() for kind in kinds)
MOVED = (*KINDS[OUT], *KINDS[IN])
OUTCOMES = {
    OUT: frozenset({Outcome.OUT}),
    STAY: frozenset({Outcome.BLOCKED}),
    "": {Outcome.OUT, Outcome.BLOCKED},
}

MOVEMENTS = {
    "delivery.delivered": gettext_lazy("%(partner)s received your %(what)s"),
    "delivery.may_have_arrived": gettext_lazy("We sent your %(what)s to %(partner)s. It may have arrived."),
    "event.sent": gettext_lazy("We told %(partner)s that your %(what)s changed, without any value"),
    "event.may_have_arrived": gettext_lazy(
        "We told %(partner)s that your %(what)s changed, without any value. It may have arrived."
    ),
    "import.permitted": gettext_lazy("You received %(what)s from %(partner)s"),
    "delivery.dead": gettext_lazy("%(partner)s did not take your %(what)s. We no longer try."),
}
GIVEN_UP = ("delivery.cancelled", "delivery.expired")
WHY = {
    "toggle_off": gettext_lazy("You turned it off first."),
    "grant_withdrawn": gettext_lazy("You stopped first."),
    "grant_revoked": gettext_lazy("The link was ended first."),
    "grant_expired": gettext_lazy("The time of your yes ran out first."),
    "no_carrier": gettext_lazy("No workout carried it that day."),
}
CHOICES = {
    "grant.given": gettext_lazy("You allowed %(partner)s: %(flows)s"),
    "grant.changed": gettext_lazy("You changed what %(partner)s may have: %(flows)s"),
    "grant.withdrawn": gettext_lazy("You stopped sharing with %(partner)s"),
    "grant.revoked": gettext_lazy("The link with %(partner)s was ended"),
    "grant.expired": gettext_lazy("Your yes to %(partner)s ended. Its time ran out."),
    "toggle.on": gettext_lazy("You turned on for %(partner)s: %(flows)s"),
    "toggle.off": gettext_lazy("You turned off for %(partner)s: %(flows)s"),
    "consent.refused": gettext_lazy("You chose Not now for %(partner)s"),
    "connection.opened": gettext_lazy("%(partner)s let us in"),
    "connection.partial": gettext_lazy("%(partner)s let us in for less than you turned on"),
    "connection.refused": gettext_lazy("%(partner)s did not let us in. Nothing moves."),
    "connection.broken": gettext_lazy("%(partner)s no longer lets us in. Nothing moves."),
    "partner.told": gettext_lazy("%(partner)s knows that sharing is over"),
    "import.deleted": gettext_lazy("We deleted here what was deleted at %(partner)s"),
    "import.forgotten": gettext_lazy("We deleted what came in from %(partner)s"),
    "token.created": gettext_lazy("You made a key for a program of your own"),
    "token.ended": gettext_lazy("You ended a key of a program of your own"),
    "token.returned": gettext_lazy("A program of yours gave its key back. It opens nothing now."),
    "staff.imported": gettext_lazy("One of our staff put files into your records"),
}


@dataclass(frozen=True, slots=True)
class Told:
    kind: str
    word: str
    sentence: str
    data_type: str


def told(entry: Entry, partner: str) -> Told | None:
    """Return an entry in the member's words. `partner` is the partner's name."""
    facts = entry.facts
    data_type = str(facts.get("flow", "")).partition(":")[2]
    told_ = {"partner": partner, "what": words.spoken(data_type), "flows": _flows(facts)}
    if entry.kind == READ:
        return _read(entry, told_)
    if entry.kind in MOVEMENTS:
        kind = next(each for each, kinds in KINDS.items() if entry.kind in kinds)
        return Told(kind, str(WORD[kind]), str(MOVEMENTS[entry.kind]) % told_, data_type)
    if entry.kind in CHOICES:
        return Told(CHOICE, str(_whose(entry.kind)), _choice(entry.kind, told_), "")
    if entry.kind in GIVEN_UP:
        return Told(STAY, str(WORD[STAY]), _given_up(facts, told_), data_type)
    if entry.kind in {"release.refused", "import.refused"}:
        return Told(STAY, str(WORD[STAY]), _blocked(facts, partner, told_["what"]), data_type)
    return None


def is_line(entry: Entry, kind: str = "") -> bool:
    """Whether a read through the API is a line of this kind ("" = of any); everything else is by its own kind."""
    return entry.kind != READ or entry.outcome in OUTCOMES.get(kind, frozenset())


def _read(entry: Entry, told_: dict[str, str]) -> Told | None:
    """Return a read through the API: what left, or that nothing did."""
    what = {**told_, "what": ", ".join(words.spoken(key) for key in entry.types.split()) or _("ring data")}
    if entry.outcome == Outcome.OUT:
        return Told(OUT, str(WORD[OUT]), _("%(partner)s read your %(what)s") % what, "")
    if entry.outcome == Outcome.BLOCKED:
        return Told(STAY, str(WORD[STAY]), _blocked(entry.facts, told_["partner"], what["what"]), "")
    return None


def _blocked(facts: dict[str, Any], partner: str, what: str) -> str:
    """Return the refusal's own sentence (UX section 8.7)."""
    reason = facts.get("reason", "")
    known = Reason(reason) if reason in set(Reason) else Reason.ERROR
    return _(WORDS[known].member).format(partner=partner, what=what)


def _whose(kind: str) -> Any:
    if kind.startswith("staff."):
        return STAFF_WORD
    if kind == "token.returned":
        return PROGRAM_WORD
    return WORD[CHOICE] if kind in OWN else PARTNER_WORD


def _choice(kind: str, told_: dict[str, str]) -> str:
    if kind == "grant.changed" and not told_["flows"]:
        return _("You said yes again to what %(partner)s has. No switch changed.") % told_
    return str(CHOICES[kind]) % told_


def _given_up(facts: dict[str, Any], told_: dict[str, str]) -> str:
    """Return why a send was given up. One that was tried may have arrived: it is not said that it did not go."""
    tried = bool(facts.get("attempt"))
    lead = (
        _("We stopped trying to send your %(what)s to %(partner)s.")
        if tried
        else _("Your %(what)s did not go to %(partner)s.")
    )
    return f"{lead % told_} {WHY.get(str(facts.get('reason', '')), _('Its time ran out.'))}"


def _flows(facts: dict[str, Any]) -> str:
    named = [str(flow).partition(":") for flow in facts.get("flows", [])]
    out = [data_type for way, __, data_type in named if way == Direction.EXPORT]
    in_ = [data_type for way, __, data_type in named if way == Direction.IMPORT]
    told_ = [_("%(types)s going out") % {"types": words.listed(out)}] if out else []
    if in_:
        told_.append(_("%(types)s coming in") % {"types": words.listed(in_)})
    return ". ".join(told_)
