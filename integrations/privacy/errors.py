"""What can be wrong with a member's own copy or erasure. Each text tells the reader what to do."""


class PrivacyError(Exception):
    """The base of everything below."""


class NotAMember(PrivacyError):
    """Accounts of staff and partners are no data subjects here: their acts stay accountable."""

    def __init__(self) -> None:
        super().__init__("This is an account of staff, not of a member. A security admin can close it.")


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
