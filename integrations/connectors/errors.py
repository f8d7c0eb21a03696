"""What can be wrong with a connection. Each text tells the reader what to do."""


class ConnectionTrouble(Exception):
    """The base of everything below."""


class CallbackRefused(ConnectionTrouble):
    """A callback that nobody waits for: its state is unknown, another member's, used, or too old. All look the same."""

    def __init__(self) -> None:
        super().__init__(
            "This link has been used, is too old, or was not made for you. Nothing was changed. "
            "Open the partner's page and choose Try again."
        )


class NotLinked(ConnectionTrouble):
    """There are no credentials that may be used for this now. `trouble` is a word of ours."""

    def __init__(self, trouble: str) -> None:
        super().__init__(f"The partner cannot be reached for this member now ({trouble}).")
        self.trouble = trouble
