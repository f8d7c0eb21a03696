"""The words of the compliance face: plain, beside the machine's facts. Times are UTC; nothing here asks a database."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

OUTCOMES = {
    "out": gettext_lazy("Sent out"),
    "in": gettext_lazy("Came in"),
    "blocked": gettext_lazy("Blocked"),
}
COLOURS = {"out": "out", "in": "in", "blocked": "stay"}
# What a line of the table says; %(what)s are the data types.
KINDS = {
    "notice.served": gettext_lazy("Notice shown"),
    "consent.refused": gettext_lazy("Asked, and chose Not now"),
    "grant.given": gettext_lazy("Grant given: %(what)s"),
    "grant.changed": gettext_lazy("Grant changed: %(what)s"),
    "grant.withdrawn": gettext_lazy("Grant withdrawn by the member"),
    "grant.revoked": gettext_lazy("Grant revoked"),
    "grant.expired": gettext_lazy("Grant ran out"),
    "toggle.on": gettext_lazy("Turned on: %(what)s"),
    "toggle.off": gettext_lazy("Turned off: %(what)s"),
    "release.permitted": gettext_lazy("%(what)s allowed to leave"),
    "release.refused": gettext_lazy("%(what)s asked for"),
    "import.permitted": gettext_lazy("%(what)s taken in"),
    "import.refused": gettext_lazy("%(what)s offered"),
    "import.deleted": gettext_lazy("Deleted here as at the partner"),
    "import.forgotten": gettext_lazy("Deleted what had come in"),
    "delivery.delivered": gettext_lazy("%(what)s arrived"),
    "delivery.may_have_arrived": gettext_lazy("%(what)s may have arrived"),
    "delivery.delayed": gettext_lazy("%(what)s tried, will be tried again"),
    "delivery.dead": gettext_lazy("%(what)s not taken, given up"),
    "delivery.cancelled": gettext_lazy("%(what)s stopped before it left"),
    "delivery.expired": gettext_lazy("%(what)s ran out of time"),
    "event.permitted": gettext_lazy("Change of %(what)s allowed to be told"),
    "event.refused": gettext_lazy("Change of %(what)s was to be told"),
    "event.sent": gettext_lazy("Change of %(what)s told"),
    "event.may_have_arrived": gettext_lazy("Change of %(what)s told, perhaps"),
    "event.dead": gettext_lazy("Change of %(what)s not taken, given up"),
    "event.cancelled": gettext_lazy("Change of %(what)s stopped before it was told"),
    "event.replayed": gettext_lazy("Change of %(what)s to be told again"),
    "subscription.created": gettext_lazy("Subscription to changes made"),
    "subscription.changed": gettext_lazy("Subscription to changes altered"),
    "subscription.renewed": gettext_lazy("Subscription to changes renewed"),
    "subscription.ended": gettext_lazy("Subscription to changes ended"),
    "connection.opened": gettext_lazy("Connection opened"),
    "connection.partial": gettext_lazy("Connection opened for less"),
    "connection.refused": gettext_lazy("Connection refused by the partner"),
    "connection.broken": gettext_lazy("Connection broken"),
    "connection.ended": gettext_lazy("Connection ended"),
    "partner.told": gettext_lazy("Partner told that sharing is over"),
    "staff.imported": gettext_lazy("Files brought in by an operator"),
    "staff.appointed": gettext_lazy("Role given to somebody of the staff"),
    "staff.dismissed": gettext_lazy("Account of somebody of the staff closed"),
    "member.exported": gettext_lazy("Own copy given to the member"),
    "member.erased": gettext_lazy("Member erased"),
    "audit.searched": gettext_lazy("Log searched"),
    "audit.viewed": gettext_lazy("Entry looked at"),
    "audit.verified": gettext_lazy("Log verified"),
    "audit.checked": gettext_lazy("One entry checked"),
    "audit.exported": gettext_lazy("Log exported"),
    "audit.downloaded": gettext_lazy("Export downloaded"),
    "audit.reported": gettext_lazy("Report made"),
    "audit.proved": gettext_lazy("Proof handed out"),
    "audit.reconciled": gettext_lazy("Log held against what was done"),
    "api.answered": gettext_lazy("%(what)s read through the API"),
    "tokens.revoked": gettext_lazy("Tokens revoked"),
    "token.created": gettext_lazy("Key for an own program made"),
    "token.ended": gettext_lazy("Key for an own program ended"),
    "token.returned": gettext_lazy("Key for an own program given back"),
    "partner.reviewed": gettext_lazy("Partner reviewed"),
    "partner.suspended": gettext_lazy("Partner suspended"),
    "grant.erased": gettext_lazy("Grant erased with its member"),
    "hold.proposed": gettext_lazy("Legal hold proposed"),
    "hold.approved": gettext_lazy("Legal hold approved"),
    "hold.declined": gettext_lazy("Legal hold declined"),
    "lift.proposed": gettext_lazy("End of a legal hold proposed"),
    "lift.approved": gettext_lazy("End of a legal hold approved"),
    "lift.declined": gettext_lazy("End of a legal hold declined"),
    "term.proposed": gettext_lazy("Change of a term proposed"),
    "term.approved": gettext_lazy("Change of a term approved"),
    "term.declined": gettext_lazy("Change of a term declined"),
    "identity.proposed": gettext_lazy("Look behind a pseudonym proposed"),
    "identity.approved": gettext_lazy("Look behind a pseudonym approved"),
    "identity.declined": gettext_lazy("Look behind a pseudonym declined"),
    "identity.shown": gettext_lazy("Identity shown"),
    "retention.applied": gettext_lazy("Old records dropped"),
}


def outcome(key: str) -> str:
    """Return an outcome in words; that nothing moved and nothing was held back is "Recorded"."""
    return str(OUTCOMES.get(key, _("Recorded")))


def kind(key: str, what: str = "") -> str:
    """Return what a kind of entry is called, e.g. "Grant given: Workouts"; a kind not known here by its own name."""
    known = KINDS.get(key)
    if known is None:
        return key.replace(".", ": ").replace("_", " ").capitalize()
    said = str(known) % {"what": what or _("Data")}
    return said if what else said.removesuffix(f": {_('Data')}")


def reason(key: str) -> str:
    """Return "toggle off" for "toggle_off"."""
    return key.replace("_", " ")


def number(count: int) -> str:
    """Return "48,221"."""
    return str(number_format(count, force_grouping=True))


def day(of: date) -> str:
    """Return "12 November 2026"."""
    return str(date_format(of, "j F Y"))


def moment(at: datetime) -> str:
    """Return "20 Nov 2026 08:14:03", in UTC."""
    return str(date_format(at.astimezone(UTC), "j M Y H:i:s"))


def grouped(digest: bytes, *, first: int = 0) -> str:
    """Return a hash as a person compares it, by fours: "9f2c 71ae 04bd"; all of it unless `first` bytes are wanted."""
    shown = digest.hex() if not first else digest[:first].hex()
    return " ".join(shown[i : i + 4] for i in range(0, len(shown), 4))


def listed(data_types: str, labels: Mapping[str, str]) -> str:
    """Return the labels of an entry's types (its column, blanks between), "Workouts, Sleep score"."""
    return ", ".join(labels.get(key, key) for key in data_types.split())


def spoken(data_types: str, labels: Mapping[str, str]) -> str:
    """Return the labels as they stand inside a sentence: "workouts, sleep score", but "VO2 max"."""
    said = [labels.get(key, key) for key in data_types.split()]
    return ", ".join(one if one[:2].isupper() else one[:1].lower() + one[1:] for one in said)


def told(value: Any) -> str:
    """Return one fact as it stands in the entry, short enough to read."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or _("none")
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {told(each)}" for name, each in sorted(value.items())) or _("none")
    return _("none") if value is None else str(value)
