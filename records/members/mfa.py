"""Second steps of sign-in: their secrets are sealed under the master key, never stored in clear text (SR-3.2)."""

from allauth.mfa.adapter import DefaultMFAAdapter

from records.members import keyring

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
