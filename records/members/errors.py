"""What an account may not do. Each text tells its owner what to do instead."""

from django.core.exceptions import PermissionDenied


class NotAllowed(PermissionDenied):
    """The base of everything below: a page says `title` and the text."""

    title: str


class LastPasskey(NotAllowed):
    """Somebody of the staff would have no passkey any more."""

    title = "This passkey stays"

    def __init__(self) -> None:
        super().__init__("Add another passkey first. Who works here keeps at least one.")


class MembersOnly(NotAllowed):
    """An account for work would share, or hold ring data, which nobody could erase for it (GDPR Art. 17)."""

    title = "This account is for work"

    def __init__(self) -> None:
        super().__init__(
            "It holds no ring data and shares none. Sign up with another address for your own ring."
        )
