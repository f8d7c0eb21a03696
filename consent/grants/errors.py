"""What can be wrong with a consent act. Each text tells the reader what to do."""

from uuid import UUID


class GrantError(Exception):
    """The base of everything below."""


class UnknownPartner(GrantError):
    def __init__(self, partner: str) -> None:
        super().__init__("There is no such partner. Go back to the list of partners and choose one.")
        self.partner = partner


class UnknownFlow(GrantError):
    def __init__(self, flows: frozenset[str]) -> None:
        super().__init__(
            "A switch was sent that this partner does not have. Nothing was stored. Load the page again."
        )
        self.flows = flows


class NothingTurnedOn(GrantError):
    def __init__(self) -> None:
        super().__init__("Turn on at least one switch, or choose Not now.")


class NoticeChanged(GrantError):
    def __init__(self) -> None:
        super().__init__(
            "What this partner asks for has changed since you opened the page. Please read it again."
        )


class GrantAlreadyEnded(GrantError):
    def __init__(self, ref: UUID, status: str) -> None:
        super().__init__(
            f"This grant is already {status}. To share again, allow it anew on the partner's page."
        )
        self.ref, self.status = ref, status


class ReceiptAltered(GrantError):
    """What is kept as a receipt cannot be shown to be what was signed."""

    def __init__(self, ref: UUID) -> None:
        super().__init__(
            "What is stored here cannot be shown to be what we signed as this receipt: it may have been changed since, "
            "so it proves nothing. A signed copy that you kept still does: its signature can be checked."
        )
        self.ref = ref


class FlowNotInGrant(GrantError):
    def __init__(self, flow: str) -> None:
        super().__init__("This partner has no such switch. Load the page again.")
        self.flow = flow
