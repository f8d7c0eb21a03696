"""What an operator may ask for in vain."""


class EventError(Exception):
    """Base of this room's errors."""


class NotDead(EventError):
    def __init__(self) -> None:
        super().__init__("There is no dead event of this id. List them: python manage.py events dead")


class SubscriptionOver(EventError):
    def __init__(self) -> None:
        super().__init__(
            "Its subscription has ended, so there is nowhere to send it. Its owner can subscribe anew."
        )
