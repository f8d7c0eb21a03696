"""What an entry tells in plain sentences: who did what, and why it was allowed or refused. For auditors."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.log.models import Entry
from audit.web import words

# %(partner)s is the recipient's name, %(what)s the data types in words.
STORIES = {
    "notice.served": gettext_lazy("The member was shown what %(partner)s asks for."),
    "consent.refused": gettext_lazy("The member was asked about %(partner)s and chose Not now."),
    "grant.given": gettext_lazy("The member allowed %(partner)s to have: %(what)s."),
    "grant.changed": gettext_lazy("The member changed what %(partner)s may have: %(what)s."),
    "grant.withdrawn": gettext_lazy("The member stopped sharing with %(partner)s."),
    "grant.revoked": gettext_lazy("The grant to %(partner)s was ended, by Ringfence or by the partner."),
    "grant.expired": gettext_lazy("The grant to %(partner)s ran out by the clock."),
    "toggle.on": gettext_lazy("The member turned on for %(partner)s: %(what)s."),
    "toggle.off": gettext_lazy("The member turned off for %(partner)s: %(what)s."),
    "release.permitted": gettext_lazy("The gate allowed %(what)s to leave for %(partner)s."),
    "release.refused": gettext_lazy(
        "%(what)s was to go to %(partner)s. The gate refused, so nothing was sent."
    ),
    "import.permitted": gettext_lazy("The gate let in from %(partner)s: %(what)s."),
    "import.refused": gettext_lazy(
        "%(partner)s offered %(what)s. The gate refused, so nothing was taken in."
    ),
    "import.deleted": gettext_lazy("What was deleted at %(partner)s was deleted here as well."),
    "import.forgotten": gettext_lazy("What had come in from %(partner)s was deleted here."),
    "delivery.delivered": gettext_lazy("%(partner)s received %(what)s and said so."),
    "delivery.may_have_arrived": gettext_lazy(
        "%(what)s was sent to %(partner)s. No clear answer came, so it counts as received."
    ),
    "delivery.delayed": gettext_lazy("%(partner)s did not take %(what)s yet. It will be tried again."),
    "delivery.dead": gettext_lazy("%(partner)s did not take %(what)s. It is no longer tried."),
    "delivery.cancelled": gettext_lazy("%(what)s was stopped on its way to %(partner)s."),
    "delivery.expired": gettext_lazy("The time ran out in which %(what)s could go to %(partner)s."),
    "event.permitted": gettext_lazy("The gate allowed %(partner)s to be told that %(what)s changed."),
    "event.refused": gettext_lazy(
        "%(partner)s was to be told that %(what)s changed. The gate refused, so nothing was sent."
    ),
    "event.sent": gettext_lazy("%(partner)s was told that %(what)s changed, without any value."),
    "event.may_have_arrived": gettext_lazy(
        "%(partner)s was told that %(what)s changed. No clear answer came, so it counts as received."
    ),
    "event.dead": gettext_lazy(
        "%(partner)s did not take word of a change of %(what)s. It is no longer tried."
    ),
    "event.cancelled": gettext_lazy("Word of a change of %(what)s was stopped on its way to %(partner)s."),
    "event.replayed": gettext_lazy("An operator let %(partner)s be told again that %(what)s changed."),
    "subscription.created": gettext_lazy("%(partner)s asked to be told of changes."),
    "subscription.changed": gettext_lazy("%(partner)s asked to be told of other changes, or elsewhere."),
    "subscription.renewed": gettext_lazy("%(partner)s asked to be told of changes for longer."),
    "subscription.ended": gettext_lazy("%(partner)s is not told of changes any more."),
    "connection.opened": gettext_lazy("%(partner)s let Ringfence in for this member."),
    "connection.partial": gettext_lazy("%(partner)s let Ringfence in for less than the member turned on."),
    "connection.refused": gettext_lazy("%(partner)s did not let Ringfence in."),
    "connection.broken": gettext_lazy("%(partner)s no longer lets Ringfence in."),
    "connection.ended": gettext_lazy("The connection with %(partner)s was ended."),
    "partner.told": gettext_lazy("%(partner)s was told that sharing is over."),
    "staff.imported": gettext_lazy("An operator brought files into this member's records."),
    "staff.appointed": gettext_lazy("An operator gave this account a role of staff."),
    "staff.dismissed": gettext_lazy(
        "An operator closed this account of staff. What it did stays accountable."
    ),
    "member.exported": gettext_lazy("The member's own copy of everything was handed out."),
    "member.erased": gettext_lazy("The member was erased: the keys are gone, the log stays."),
    "audit.searched": gettext_lazy("Somebody with the compliance role searched this log."),
    "audit.viewed": gettext_lazy("Somebody with the compliance role opened one entry of this log."),
    "audit.verified": gettext_lazy("The whole log was computed again and held against its checkpoints."),
    "audit.checked": gettext_lazy("Somebody with the compliance role checked one entry against the tree."),
    "audit.exported": gettext_lazy("A part of this log was exported."),
    "audit.downloaded": gettext_lazy("An export of this log was downloaded."),
    "audit.reported": gettext_lazy("A report was made from this log."),
    "audit.proved": gettext_lazy("The proof of one entry was handed out."),
    "grant.erased": gettext_lazy("The records of this grant to %(partner)s went with the member."),
    "audit.reconciled": gettext_lazy("Deliveries, answers and this log were held against one another."),
    "api.answered": gettext_lazy("%(partner)s read %(what)s through the API."),
    "tokens.revoked": gettext_lazy("The tokens of %(partner)s for this member were revoked."),
    "token.created": gettext_lazy("The member made a key for a program of their own."),
    "token.ended": gettext_lazy("The member ended a key of a program of their own."),
    "token.returned": gettext_lazy("A program of the member's own gave its key back, and the key was ended."),
    "partner.reviewed": gettext_lazy("What %(partner)s may ask for was reviewed."),
    "partner.suspended": gettext_lazy("%(partner)s was suspended: nothing moves until that is lifted."),
    "identity.shown": gettext_lazy("Who stands behind a pseudonym was shown, to one of two people."),
    "retention.applied": gettext_lazy(
        "Records whose time had run out were dropped. The log keeps all its own."
    ),
}
ACTORS = {
    "ringfence": gettext_lazy("Ringfence, by itself"),
    "member": gettext_lazy("The member"),
    "partner": gettext_lazy("The partner"),
    "operator": gettext_lazy("An operator, by command"),
}
STAFF = gettext_lazy("One of the staff, %(pseudonym)s")


def story(entry: Entry, *, partner: str, what: str) -> str:
    """Return what happened in one sentence; for a kind that has none here, what the kind is called."""
    said = STORIES.get(entry.kind)
    if said is None:
        return words.kind(entry.kind, what)
    told = str(said) % {"partner": partner or _("nobody"), "what": what or _("nothing")}
    return told[:1].upper() + told[1:]


def actor(entry: Mapping[str, object]) -> str:
    """Return who acted, in words; staff by their pseudonym."""
    name = str(entry.get("actor", ""))
    known = ACTORS.get(name)
    return str(known) if known else str(STAFF) % {"pseudonym": name}


def why(entry: Entry, sentence: Callable[[str], str]) -> str:
    """Return why it was allowed or refused, as the catalogue says it to an auditor; empty when no reason is named."""
    if not entry.reason:
        return ""
    said = sentence(entry.reason)
    return said if said != entry.reason else words.reason(entry.reason).capitalize() + "."
