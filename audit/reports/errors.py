"""What a report refuses to be made of."""


class ReportRefused(ValueError):
    """A report cannot be made of this: `name` is what was asked for wrongly, the text says what to give instead."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name
