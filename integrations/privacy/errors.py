"""What can be wrong with a member's own copy or erasure. Each text tells the reader what to do."""


class PrivacyError(Exception):
    """The base of everything below."""


class NotAMember(PrivacyError):
    """Accounts of staff and partners are no data subjects here: their acts stay accountable."""

    def __init__(self) -> None:
        super().__init__(
            "This is an account of staff, not of a member. An operator can close it, and its acts stay accountable."
        )


class Held(PrivacyError):
    """A legal hold covers the member's records. Sharing has stopped all the same."""

    def __init__(self) -> None:
        super().__init__(
            "All sharing has stopped. A legal hold keeps us from deleting these records now. "
            "Please ask again once it is lifted; the privacy team can say when."
        )


class CopiesUsedUp(PrivacyError):
    """Three copies a day are made (SR-4.10)."""

    def __init__(self) -> None:
        super().__init__("You have asked for three downloads in 24 hours. Please come back tomorrow.")


class StaffRefused(PrivacyError):
    """The base of what keeps an account from being given or losing a role."""


class NoSuchAccount(StaffRefused):
    def __init__(self) -> None:
        super().__init__("There is no account with this e-mail address. Its owner signs up first.")


class ShutOut(StaffRefused):
    """Who was dismissed does not come back under the same account."""

    def __init__(self) -> None:
        super().__init__("This account is closed. Its owner signs up with another address.")


class HasARole(StaffRefused):
    """Nobody has two roles, and nobody changes from one to another under the same pseudonym."""

    def __init__(self, role: str) -> None:
        super().__init__(f"This account is {role} already, and has one role only. Use another account.")


class OfAMember(StaffRefused):
    """A member may erase their account; who works here may not."""

    def __init__(self) -> None:
        super().__init__(
            "This account has ring data, sharing or keys of its own. Use an account for work alone."
        )


class NoPasskey(StaffRefused):
    """SR-3.7."""

    def __init__(self) -> None:
        super().__init__("This account has no passkey. Its owner signs in first and adds one under Settings.")


class NoRole(StaffRefused):
    def __init__(self) -> None:
        super().__init__("This account has no role of staff, so there is none to take.")
