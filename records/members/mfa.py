"""Second steps of sign-in: their secrets are sealed under the master key (SR-3.2); staff keep a passkey (SR-3.7)."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator

from records.members import keyring
from records.members.errors import LastPasskey
from records.members.models import STAFF, Member

PLACE = "mfa_authenticator|data|secret"


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seals the seeds of code apps and recovery codes. The library stores what `encrypt` returns as it is.

    The place is one for all rows: the library seals before a row has a number. A seed moved to another account opens
    there, which whoever can write rows could also reach by adding a seed of their own.
    """

    def encrypt(self, text: str) -> str:
        return keyring.seal_with_master(text.encode(), place=PLACE)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a seed. Raises SealBroken when it was altered or its key is gone."""
        return keyring.open_with_master(encrypted_text, place=PLACE).decode()


def keep_the_last_passkey(going: Authenticator) -> None:
    """Raise LastPasskey where staff would have none without this one: a password alone could add the next (SR-3.7).

    Holds the account until the transaction ends, so that two do not go at once.
    """
    owner = Member.objects.select_for_update().get(pk=going.user_id)
    others = Authenticator.objects.filter(user=owner, type=Authenticator.Type.WEBAUTHN).exclude(pk=going.pk)
    if owner.role in STAFF and not others.exists():
        raise LastPasskey
