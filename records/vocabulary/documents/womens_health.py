"""Women's-health documents. Ours, not the API's: wholly private, `id`, `day` and `origin` included, in no flow.

Only the member's own copy contains them. A word outside an enumeration is refused, not stored as
something else.
"""

from records.vocabulary.documents.leaves import NULLABLE, OPTIONAL, REQUIRED
from records.vocabulary.shapes import DocumentKind, Field, Sensitivity, Value

FLOWS = ("spotting", "light", "medium", "heavy")
PHASES = ("menstruation", "follicular", "ovulation", "luteal")
STAGES = ("perimenopause", "menopause", "postmenopause")
QUALITIES = ("dry", "sticky", "creamy", "watery", "egg_white")

Row = tuple[str, Value, str, tuple[str, ...]]


def _kind(name: str, *rows: Row) -> DocumentKind:
    envelope: tuple[Row, ...] = (
        ("id", Value.STRING, REQUIRED, ()),
        ("day", Value.DATE, REQUIRED, ()),
        ("origin", Value.STRING, OPTIONAL, ()),
    )
    note: Row = ("note", Value.STRING, NULLABLE, ())
    return DocumentKind(
        name=name,
        own=True,
        fields=tuple(
            Field(
                path=path,
                data_type=name,
                value=value,
                sensitivity=Sensitivity.WOMENS_HEALTH,
                required=presence == REQUIRED,
                nullable=presence == NULLABLE,
                own=True,
                one_of=frozenset(one_of),
            )
            for path, value, presence, one_of in (*envelope, *rows, note)
        ),
    )


KINDS = (
    _kind("period", ("flow", Value.STRING, NULLABLE, FLOWS), ("symptoms", Value.STRINGS, OPTIONAL, ())),
    _kind(
        "cycle_insights",
        ("phase", Value.STRING, REQUIRED, PHASES),
        ("cycle_day", Value.INTEGER, NULLABLE, ()),
        ("cycle_length", Value.INTEGER, NULLABLE, ()),
        ("predicted", Value.BOOLEAN, OPTIONAL, ()),
    ),
    _kind("fertile_window", ("start_day", Value.DATE, REQUIRED, ()), ("end_day", Value.DATE, REQUIRED, ())),
    _kind(
        "ovulation",
        ("confirmed", Value.BOOLEAN, OPTIONAL, ()),
        ("test_result", Value.STRING, NULLABLE, ("negative", "high", "positive", "unclear")),
    ),
    _kind(
        "pregnancy",
        ("week", Value.INTEGER, NULLABLE, ()),
        ("due_day", Value.DATE, NULLABLE, ()),
        ("end_day", Value.DATE, NULLABLE, ()),
        ("test_result", Value.STRING, NULLABLE, ("negative", "positive", "unclear")),
    ),
    _kind("menopause", ("stage", Value.STRING, NULLABLE, STAGES), ("symptoms", Value.STRINGS, OPTIONAL, ())),
    _kind("contraception", ("method", Value.STRING, NULLABLE, ()), ("end_day", Value.DATE, NULLABLE, ())),
    _kind(
        "sexual_activity", ("time", Value.DATETIME, NULLABLE, ()), ("protected", Value.BOOLEAN, NULLABLE, ())
    ),
    _kind("lactation", ("time", Value.DATETIME, NULLABLE, ()), ("minutes", Value.NUMBER, NULLABLE, ())),
    _kind(
        "cervical_mucus",
        ("quality", Value.STRING, NULLABLE, QUALITIES),
        ("amount", Value.STRING, NULLABLE, ("light", "medium", "heavy")),
    ),
    _kind(
        "basal_body_temperature",
        ("temperature", Value.NUMBER, REQUIRED, ()),  # °C
        ("time", Value.DATETIME, NULLABLE, ()),
    ),
)
