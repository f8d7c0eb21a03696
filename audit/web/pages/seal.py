"""The state of the log in one card: intact, broken and where, not checked yet, or being checked; with time and head."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.proofs.verdicts import Standing, Verdict
from audit.web import words

FINGERPRINT = 6  # bytes of the root that a person compares at a glance


@dataclass(frozen=True, slots=True)
class Seal:
    """`state` is good, bad, never or checking. `bad` is the first index that does not match, if one does not."""

    state: str
    heading: str
    sentence: str
    finding: str
    checked: str
    root: str
    witness: str
    newer: str
    bad: str = ""
    unsigned: str = ""


def seal(verdict: Verdict | None, *, size: int, since: datetime | None, checking: bool = False) -> Seal:
    """Return the card. `size` is how many entries the tree has now, `since` the time of its first one."""
    if checking:
        return _plain("checking", _("Checking now"), _("Every entry is being computed again."))
    if verdict is None:
        return _plain(
            "never",
            _("Not checked yet"),
            _(
                "Nobody has checked this log here. Check it now: every entry is computed again up to the root."
            ),
        )
    return Seal(
        state="good" if verdict.ok else "bad",
        heading=_("Log intact") if verdict.ok else _broken(verdict),
        sentence=_intact(verdict, since) if verdict.ok else _matching(verdict),
        finding="" if verdict.ok else verdict.finding,
        checked=words.moment(verdict.at),
        root=words.grouped(bytes(verdict.root), first=FINGERPRINT) if verdict.root else "",
        witness=verdict.witness,
        newer=_newer(size - verdict.size) if verdict.ok else "",
        bad="" if verdict.first_bad is None else str(verdict.first_bad),
        unsigned=_("The log has yet to sign its entry about this check.")
        if verdict.standing is Standing.WAITS
        else "",
    )


def _plain(state: str, heading: str, sentence: str) -> Seal:
    return Seal(state, heading, sentence, finding="", checked="", root="", witness="", newer="")


def _broken(verdict: Verdict) -> str:
    if verdict.standing is Standing.NOWHERE:
        return _("The last verdict is not in the log")
    if verdict.first_bad is None:
        return _("Log broken")
    return _("Log broken at index %(index)s") % {"index": words.number(verdict.first_bad)}


def _matching(verdict: Verdict) -> str:
    if not verdict.first_bad or verdict.standing is Standing.NOWHERE:
        return _("Do not rely on this log until somebody has found out why.")
    return ngettext(
        "The %(count)s entry before it matches. What comes from there on proves nothing.",
        "The %(count)s entries before it match. What comes from there on proves nothing.",
        verdict.first_bad,
    ) % {"count": words.number(verdict.first_bad)}


def _intact(verdict: Verdict, since: datetime | None) -> str:
    if not verdict.size:
        return _("The log is empty, and so is its tree.")
    told = {"count": words.number(verdict.size), "day": words.day(since.date()) if since else ""}
    said = ngettext(
        "The one entry matches its tree and the witness agrees.",
        "All %(count)s entries match, from %(day)s on. The witness agrees.",
        verdict.size,
    )
    return said % told


def _newer(count: int) -> str:
    if count <= 0:
        return ""
    return ngettext(
        "%(count)s entry is newer than this check.", "%(count)s entries are newer than this check.", count
    ) % {"count": words.number(count)}
