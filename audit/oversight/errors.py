"""What oversight refuses, each with what to do about it."""


class OversightError(Exception):
    """The base of what two people may not do."""


class ProposalRefused(OversightError):
    """A proposal that cannot be made: `name` is the field, the text says what to write there."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class NeedsAnother(OversightError):
    """Who proposed something does not also approve it (SR-5.6)."""

    def __init__(self) -> None:
        super().__init__("You proposed this yourself. Ask a colleague with the compliance role to decide it.")


class DecidedAlready(OversightError):
    """A proposal is decided once."""

    def __init__(self, state: str) -> None:
        super().__init__(f"This proposal is already {state}. To change it, propose something new.")


class NotYours(OversightError):
    """An identity is shown to the two people whose ticket it is, for an hour."""

    def __init__(self) -> None:
        super().__init__(
            "This identity is shown to the two people who asked for it, once it is approved and for one hour. "
            "Propose it again with your ticket."
        )
