"""Who works here in which role (SR-9.2): appointed and dismissed by an operator, for a ticket, with an entry each.

One account holds one role, so nobody holds two of those that check one another. What it was signed in as before ends
with its sessions (SR-3.5).
"""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction

from audit.log import services as log
from audit.log.events import Event
from consent.grants import clock, selectors
from consent.grants.models import Grant
from integrations.privacy import traces
from integrations.privacy.errors import PrivacyError
from records.members.models import Member, Role

ROLES = (Role.SUPPORT, Role.COMPLIANCE, Role.PARTNER_REVIEWER, Role.ENGINEER, Role.SECURITY_ADMIN)


class StaffRefused(PrivacyError):
    """An account cannot be given this role, or gives none back. The text says what to do first."""


@transaction.atomic
def appoint(*, email: str, role: Role, ticket: str, operator: str) -> None:
    """Give an account a role; in force when this commits. Raises StaffRefused; then nothing is stored."""
    account = _locked(email)
    if account.role != Role.MEMBER:
        raise StaffRefused(f"This account is {account.role} already. Dismiss it first: nobody has two roles.")
    if Grant.objects.filter(member=account).exists():
        raise StaffRefused(
            "This is a member's own account, with consent of its own. Make one for work alone."
        )
    if not settings.DEMO and not _has_passkey(account):
        raise StaffRefused(
            "This account has no passkey. Its owner signs in first and adds one under Settings (SR-3.7)."
        )
    _change(account, role, kind="staff.appointed", told={"role": str(role), "ticket": ticket}, by=operator)


@transaction.atomic
def dismiss(*, email: str, ticket: str, operator: str) -> None:
    """Take an account's role away, and end its sessions. Raises StaffRefused where it has none."""
    account = _locked(email)
    if account.role not in ROLES:
        raise StaffRefused("This account has no role of staff.")
    told = {"role": account.role, "ticket": ticket}
    _change(account, Role.MEMBER, kind="staff.dismissed", told=told, by=operator)


def listed() -> list[tuple[str, str]]:
    """Return the address and the role of everybody who has one, by role."""
    found = Member.objects.filter(role__in=ROLES, is_active=True).order_by("role", "email")
    return list(found.values_list("email", "role"))


def _change(account: Member, role: Role, *, kind: str, told: dict[str, str], by: str) -> None:
    account.role = role
    account.save(update_fields=["role"])
    keys = traces.sessions_of(account)
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=account).delete()
    subject = selectors.subject_of(account.id, "")
    facts = {**{name: value for name, value in told.items() if value}, "operator": by}
    log.append(Event(kind=kind, actor="operator", subject=subject, at=clock.now(), facts=facts))


def _locked(email: str) -> Member:
    account = Member.objects.select_for_update().filter(email__iexact=email).first()
    if account is None:
        raise StaffRefused("There is no account with this e-mail address. Its owner signs up first.")
    return account


def _has_passkey(account: Member) -> bool:
    return bool(Authenticator.objects.filter(user=account, type=Authenticator.Type.WEBAUTHN).exists())
