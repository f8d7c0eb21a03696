"""Who works here in which role (SR-9.2): given and taken by an operator, for a ticket, with an entry each.

One account holds one role, so nobody holds two of those that check one another. Whoever goes keeps name and key and is
shut out: their acts stay accountable.
"""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

from audit.log import services as log
from audit.log.events import Event
from consent.gate import door
from consent.grants import clock, selectors, services
from consent.grants.models import Grant
from integrations.privacy import stopping, traces
from integrations.privacy.errors import HasARole, NoPasskey, NoRole, NoSuchAccount, OfAMember, ShutOut
from integrations.tokens.models import PersonalToken
from records.members.models import STAFF, Member, Role


def appoint(*, email: str, role: Role, ticket: str, operator: str) -> Member:
    """Give an account a role; in force when this commits. Asked twice, it is one change.

    Raises NoSuchAccount, ShutOut, HasARole, OfAMember, NoPasskey; then nothing is stored.
    """
    account = _known(email)
    sessions = traces.sessions_of(account)  # before the transaction: it opens every session there is
    with transaction.atomic():
        account = Member.objects.select_for_update().get(pk=account.pk)
        if not account.is_active:
            raise ShutOut
        if account.role != role:
            _check(account)
            account.role = role
            account.save(update_fields=["role"])
            traces.sign_out(account, sessions)
            _tell("staff.appointed", account, ticket=ticket, operator=operator)
    return account


def dismiss(*, email: str, ticket: str, operator: str) -> Member:
    """Shut an account of staff out, everywhere and for good; what it shared has stopped when this returns.

    Raises NoSuchAccount, NoRole.
    """
    account, ended = _known(email), []
    sessions = traces.sessions_of(account)
    with transaction.atomic():
        account = Member.objects.select_for_update().get(pk=account.pk)
        if account.role not in STAFF:
            raise NoRole
        if account.is_active:
            account.is_active = False
            account.save(update_fields=["is_active"])
            traces.sign_out(account, sessions)
            ended = stopping.end_all(account, lambda ref: services.revoke(grant_ref=ref, by="ringfence"))
            _tell("staff.dismissed", account, ticket=ticket, operator=operator)
    stopping.settle(ended)
    return account


def everyone() -> list[Member]:
    """Return everybody who has or had a role of staff; who was dismissed is not active."""
    return list(Member.objects.filter(role__in=STAFF).order_by("-is_active", "role", "email"))


def _check(account: Member) -> None:
    """Raise what keeps an account without this role from having it."""
    if account.role != Role.MEMBER:
        raise HasARole(account.role)
    keys = PersonalToken.objects.filter(member=account)
    own = Grant.objects.filter(member=account).exists() or keys.exists()
    if own or next(door.export_own(member_id=account.id), None):
        raise OfAMember
    passkeys = Authenticator.objects.filter(user=account, type=Authenticator.Type.WEBAUTHN)
    if not settings.DEMO and not passkeys.exists():
        raise NoPasskey


def _tell(kind: str, account: Member, *, ticket: str, operator: str) -> None:
    facts = {"role": account.role, "operator": operator, **({"ticket": ticket} if ticket else {})}
    subject = selectors.subject_of(account.id, "")
    log.append(Event(kind=kind, actor="operator", subject=subject, at=clock.now(), facts=facts))


def _known(email: str) -> Member:
    account = Member.objects.with_address(email)
    if account is None:
        raise NoSuchAccount
    return account
