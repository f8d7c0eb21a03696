"""What can go wrong with a document. Texts name kinds and fields, never a value."""

from collections.abc import Sequence

from records.vocabulary.shape import Problem


class RecordError(Exception):
    """Something about a member's documents."""


class DocumentMalformed(RecordError):
    """A document is not of the shape of its kind; nothing of its batch was stored."""

    def __init__(self, kind: str, index: int, problems: Sequence[Problem]) -> None:
        first = problems[0]
        where = first.field or "the document"
        super().__init__(f"Document {index} ({kind}): {where}. {first.says}")
        self.kind, self.index, self.problems = kind, index, tuple(problems)


class StrayDocument(TypeError):
    """A document was about to be pickled or copied out of the room it belongs to."""

    def __init__(self, name: str) -> None:
        super().__init__(f"A {name} is not pickled, copied or stored. Pass references instead.")
