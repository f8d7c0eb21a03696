"""What an export may be refused for. The text tells what to do."""


class ExportRefused(Exception):
    """An export cannot be made as asked, or was not finished. `name` says which choice, if it is one."""

    def __init__(self, message: str, *, name: str = "") -> None:
        super().__init__(message)
        self.name = name


class NoRoom(ExportRefused):
    def __init__(self, folder: str) -> None:
        super().__init__(f"There is no room left for this export in {folder}. Make room and start it again.")


class EntriesDamaged(ExportRefused):
    def __init__(self, first: int, past: int) -> None:
        super().__init__(
            f"An entry between index {first} and {past - 1} is not as it was written, so nothing was exported. "
            "Ask where: manage.py audit verify."
        )


class NothingSigned(ExportRefused):
    def __init__(self) -> None:
        super().__init__(
            "No checkpoint of the log was signed yet, so an export could not be checked. "
            "Start the worker, which signs them: manage.py worker."
        )


class TooLong(ExportRefused):
    def __init__(self, rows: int) -> None:
        super().__init__(
            f"A PDF for people holds at most {rows} rows. Narrow the filters, or choose csv, jsonl or parquet.",
            name="format",
        )
