"""Accounts, and the one key of each from which all else is derived. Deleting the key is the erasure (SR-6.2, 8.3)."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower

from records.members.errors import MembersOnly


class Role(models.TextChoices):
    """What an account is for. Staff roles follow SR-9.2; nobody holds two of the three that check one another."""

    MEMBER = "member"
    PARTNER_STAFF = "partner_staff"
    SUPPORT = "support"
    COMPLIANCE = "compliance"
    PARTNER_REVIEWER = "partner_reviewer"
    ENGINEER = "engineer"
    SECURITY_ADMIN = "security_admin"


STAFF = frozenset({Role.SUPPORT, Role.COMPLIANCE, Role.PARTNER_REVIEWER, Role.ENGINEER, Role.SECURITY_ADMIN})


class Membership(models.TextChoices):
    ACTIVE = "active"
    LAPSED = "lapsed"


class MemberManager(BaseUserManager["Member"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Member":
        member = self.model(email=self.normalize_email(email).lower(), **fields)
        member.set_password(password)
        member.save(using=self._db)
        return member

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Member":
        return self.create_user(
            email, password, is_staff=True, is_superuser=True, role=Role.ENGINEER, **fields
        )

    def with_address(self, email: str) -> "Member | None":
        """Return the account of an address: the one that its constraint knows by it, never a look-alike.

        `iexact` compares capitals on PostgreSQL, where a dotless i is an I.
        """
        return self.annotate(lowered=Lower("email")).filter(lowered=Lower(Value(email))).first()

    def get_by_natural_key(self, username: str | None) -> "Member":
        found = self.with_address(username or "")
        if found is None:
            raise self.model.DoesNotExist
        return found


class Member(AbstractBaseUser, PermissionsMixin):
    """An account. `id` never leaves Ringfence: partners know a pairwise id, the log a pseudonym per connection."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=20, default=Role.MEMBER)
    region = models.CharField(
        max_length=2, default="US", help_text="ISO 3166-1 alpha-2, where the member lives"
    )
    timezone = models.CharField(max_length=64, default="UTC", help_text="IANA name")
    locale = models.CharField(max_length=12, default="en")
    ring_generation = models.PositiveSmallIntegerField(default=4)
    membership = models.CharField(max_length=10, default=Membership.ACTIVE)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[MemberManager] = MemberManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_account_per_email"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="role_is_known"),
            models.CheckConstraint(condition=Q(membership__in=Membership.values), name="membership_is_known"),
        ]

    def __str__(self) -> str:
        return f"member {self.id}"

    def hold(self) -> None:
        """Hold a member's account, as it is now, until the transaction ends: nobody gives it a role meanwhile.

        Raises MembersOnly.
        """
        Member.objects.select_for_update().get(pk=self.pk).check_is_a_members()

    def check_is_a_members(self) -> None:
        """Raise MembersOnly for an account for work: staff's, or a partner's."""
        if self.role != Role.MEMBER:
            raise MembersOnly


class MemberKey(models.Model):
    """One member's 256-bit key, wrapped by the master key. All sealing, pseudonyms and references derive from it."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, primary_key=True, related_name="key")
    wrapped = models.TextField()

    def __str__(self) -> str:
        return f"key of {self.member_id}"


class RecipientKey(models.Model):
    """One recipient's 256-bit key for pairwise ids, wrapped. It outlives rotation of the master key, so ids stay."""

    recipient = models.SlugField(primary_key=True, max_length=64)
    wrapped = models.TextField()

    def __str__(self) -> str:
        return f"pairwise key of {self.recipient}"
