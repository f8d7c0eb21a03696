"""What can be wrong with making a key. Each text tells the reader what to do."""


class TokenError(Exception):
    """The base of everything below."""


class NoteRefused(TokenError):
    def __init__(self, longest: int) -> None:
        super().__init__(f"Say in 1 to {longest} letters what the key is for.")


class TooManyKeys(TokenError):
    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} keys. End one that you no longer use, then make a new one.")


class CannotCreate(TokenError):
    """What the command was told does not fit; its text says what to do."""
