"""The words for each reason: one sentence for the member, one for the partner, one for the auditor. Pure.

Member sentences are filled with {partner} and {what}. A partner reads the same words for women's health and for a type
that does not exist, and nobody is told of an entry that was sorted out (SR-5.4).
"""

from dataclasses import dataclass

from consent.gate.shapes import Reason


@dataclass(frozen=True, slots=True)
class Words:
    """Three plain sentences for one reason."""

    member: str
    partner: str
    auditor: str


_NO_SUCH_TYPE = "There is no such data type."
_NOTHING = "There is nothing to release."

WORDS: dict[Reason, Words] = {
    Reason.PERMITTED: Words(
        "You allowed {partner} to get your {what}.",
        "The member allows this.",
        "A live grant with this toggle on, and every condition met.",
    ),
    Reason.WOMENS_HEALTH: Words(
        "{partner} asked for something that never leaves, so nothing was sent.",
        _NO_SUCH_TYPE,
        "The request named women's health, which no flow can carry.",
    ),
    Reason.UNKNOWN_DATA_TYPE: Words(
        "{partner} asked for something we do not have, so nothing was sent.",
        _NO_SUCH_TYPE,
        "The request named a data type that is not in the vocabulary.",
    ),
    Reason.UNKNOWN_PARTNER: Words(
        "Someone we do not know asked for your {what}, so nothing was sent.",
        "This partner is not registered.",
        "No manifest is registered under this name.",
    ),
    Reason.PARTNER_SUSPENDED: Words(
        "We have paused {partner}, so nothing was sent.",
        "This partner is suspended. Ask our partner team why.",
        "The partner was suspended at the time.",
    ),
    Reason.FLOW_NOT_DECLARED: Words(
        "{partner} asked for your {what}, which it may not have. Nothing was sent.",
        "Your manifest does not declare this flow.",
        "The manifest has no such flow in this direction and channel.",
    ),
    Reason.NO_GRANT: Words(
        "{partner} asked for your {what}. You have not connected {partner}, so nothing was sent.",
        "The member has not allowed this.",
        "No grant existed at the time.",
    ),
    Reason.GRANT_WITHDRAWN: Words(
        "You had stopped sharing with {partner}, so nothing was sent.",
        "The member has stopped sharing.",
        "The member had withdrawn the grant.",
    ),
    Reason.GRANT_REVOKED: Words(
        "The link with {partner} was ended, so nothing was sent.",
        "The grant was revoked.",
        "The grant had been revoked by Ringfence or by the partner.",
    ),
    Reason.GRANT_EXPIRED: Words(
        "Your yes to {partner} had ended, so nothing was sent.",
        "The grant has expired. Ask the member again.",
        "The grant had run out by the clock.",
    ),
    Reason.NOTICE_OUTDATED: Words(
        "{partner} now asks for your {what} too. You have not been asked yet, so nothing was sent.",
        "The member has not been asked for this yet.",
        "The agreed notice does not show this flow.",
    ),
    Reason.PARTNER_CHANGED: Words(
        "{partner} has changed who it is or what it does with your data. We paused it until you decide.",
        "The grant is paused until the member is asked again.",
        "The partner's identity, purpose, country, recipients or retention changed after the yes.",
    ),
    Reason.TOGGLE_OFF: Words(
        "{partner} asked for your {what}. You have it turned off, so nothing was sent.",
        "The member has not allowed this.",
        "The toggle of this flow was off.",
    ),
    Reason.DEVICE_PERMISSION_OFF: Words(
        "Your phone does not let {partner} have your {what}, so nothing was sent.",
        "The phone's own permission is off.",
        "The operating system reported its permission as off.",
    ),
    Reason.REGION_NOT_SERVED: Words(
        "{partner} is not offered where you live, so nothing was sent.",
        "This flow is not offered in the member's region.",
        "The manifest does not serve the member's region.",
    ),
    Reason.MEMBERSHIP_LAPSED: Words(
        "Your membership has ended, so {partner} gets nothing new. Your own copy is always yours.",
        "The member's subscription has lapsed.",
        "Ring generation 3 or later without membership, through the partner API.",
    ),
    Reason.SOURCE_NOT_ALLOWED: Words(
        "This workout was not recorded with activity heart rate, so it was not sent to {partner}.",
        _NOTHING,
        "The document's source is not one that the flow carries.",
    ),
    Reason.NOT_CURRENT_DAY: Words(
        "This was not from today, so it was not taken in from {partner}.",
        "Only what belongs to the member's current day is taken.",
        "The document did not begin on the member's current local day.",
    ),
    Reason.BEFORE_CONSENT: Words(
        "This was from before you allowed {partner}, so nothing was sent.",
        _NOTHING,
        "The document is older than the first day that the yes covers.",
    ),
    Reason.ORIGIN_NOT_ALLOWED: Words(
        "This came from another partner, so it was not sent to {partner}.",
        _NOTHING,
        "The document came in from a partner whose data is not passed on.",
    ),
    Reason.WOMENS_HEALTH_ENTRY: Words(
        "There was nothing to send.",
        _NOTHING,
        "ALARM: an entry reached the gate that admission should have sorted out.",
    ),
    Reason.NOTHING_TO_RELEASE: Words(
        "There was nothing to send.",
        _NOTHING,
        "No field of the document is both declared and agreed to.",
    ),
    Reason.ERROR: Words(
        "Something went wrong on our side, so nothing was sent.",
        "Something went wrong on our side. Try again later.",
        "An exception while deciding; the gate denies.",
    ),
}
