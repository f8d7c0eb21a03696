"""Every table, and what an erasure and the member's own copy do about it. A table without a line here fails the build.

Pure. `erased`: gone with the member. Anything else says why it stays. `copied`: the part of the own copy that holds it
(`parts.py`), or why none does (SR-9.3).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a table's rows about one member. `kept` and `left_out` are reasons; empty = erased, copied."""

    part: str = ""
    kept: str = ""
    left_out: str = ""

    @property
    def erased(self) -> bool:
        return not self.kept


def _kept(why: str, left_out: str = "It holds nothing about one member.") -> Fate:
    return Fate(kept=why, left_out=left_out)


NOBODY = "It holds nothing about a person."
KEY = "A secret by which the member's data are kept apart; of no meaning outside."
SEALED_KEY = "One key for all members."
TOKENS = "Hashes of what a partner's program holds; what it may read is in the grants."
STAFF = "Staff's acts under their own roles; members appear as pseudonyms at most."
THE_LOG = "The log: pseudonyms that stand for nobody once the key is gone."
THE_TREE = "Hashes of the log's entries."

INVENTORY: dict[str, Fate] = {
    "members.Member": Fate("account"),
    "members.Member_groups": Fate(left_out="No member is in a group."),
    "members.Member_user_permissions": Fate(left_out="No member has an operator's permission."),
    "members.MemberKey": Fate(left_out=KEY),
    "members.RecipientKey": _kept(SEALED_KEY),
    "records.Document": Fate("documents"),
    "records.PrivateDocument": Fate("documents"),
    "audit_log.Entry": Fate("ledger", kept=THE_LOG),
    "audit_log.Waiting": _kept("Numbers of entries without an index yet."),
    "audit_log.Tally": _kept("Counts a day, over all members."),
    "audit_proofs.Leaf": _kept(THE_TREE),
    "audit_proofs.Tile": _kept(THE_TREE),
    "audit_proofs.Head": _kept(THE_TREE),
    "audit_proofs.Checkpoint": _kept(THE_TREE),
    "audit_proofs.Verification": _kept("Whether the log was whole, and when."),
    "audit_exports.Export": _kept(STAFF),
    "audit_oversight.Proposal": _kept(STAFF),
    "audit_oversight.Hold": _kept(STAFF),
    "audit_oversight.Term": _kept(STAFF),
    "audit_web.Check": _kept("When staff asked for the log to be checked."),
    "consent_grants.Notice": Fate("notices", kept="The same text for everyone who was asked."),
    "consent_grants.Grant": Fate("grants"),
    "consent_grants.Toggle": Fate("toggles"),
    "consent_grants.Receipt": Fate("receipts"),
    "consent_grants.SigningKey": _kept(SEALED_KEY),
    "consent_grants.Partner": _kept(NOBODY),
    "consent_gate.PolicyVersion": _kept(NOBODY),
    "oauth.Application": _kept(NOBODY),
    "oauth.ApplicationSecret": _kept(NOBODY),
    "oauth.TokenFamily": Fate(left_out=TOKENS),
    "oauth.Code": Fate(left_out=TOKENS),
    "oauth.UsedCode": Fate(left_out=TOKENS),
    "oauth.AccessToken": Fate(left_out=TOKENS),
    "oauth.RefreshToken": Fate(left_out=TOKENS),
    "oauth.Inquiry": Fate(left_out="A question that was not answered; gone within the hour."),
    "oauth.Count": _kept("Counts a minute of what applications did; gone within the hour."),
    "tokens.PersonalToken": Fate("keys"),
    "api.Spent": Fate(
        left_out="Counts: a grant's answers, each a line of the ledger; a token's name nobody."
    ),
    "oauth2_provider.IDToken": Fate(left_out="Never written: we sign nobody in elsewhere."),
    "oauth2_provider.DeviceGrant": Fate(left_out="Never written: we let no device ask by itself."),
    "connectors.Connection": Fate("connections"),  # without the member until the partner is told, then gone
    "connectors.PartnerSubscription": _kept(NOBODY),
    "deliveries.Delivery": Fate("deliveries"),
    "events.EventDelivery": Fate("events"),
    "events.Subscription": _kept(NOBODY),
    "intake.InboundNotice": Fate("messages"),
    "privacy.OwnCopy": Fate("downloads"),
    "auth.Permission": _kept(NOBODY),
    "auth.Group": _kept(NOBODY),
    "auth.Group_permissions": _kept(NOBODY),
    "contenttypes.ContentType": _kept(NOBODY),
    "sessions.Session": Fate(
        left_out="What a browser's cookie opens; the browsers themselves are in the copy."
    ),
    "account.EmailAddress": Fate("addresses"),
    "account.EmailConfirmation": Fate(
        left_out="A secret that was sent to the address; worth nothing once used."
    ),
    "mfa.Authenticator": Fate("second_steps"),
    "usersessions.UserSession": Fate("browsers"),
}
