"""Women's-health documents. Ours, not the API's: wholly private, `id` and `day` included, in no flow.

Only the member's own copy contains them. A word outside an enumeration is refused, not stored as
something else.
"""

from records.vocabulary.documents.leaves import NULLABLE, OPTIONAL, REQUIRED
from records.vocabulary.shapes import DocumentKind, Field, Sensitivity, Value

FLOWS = ("spotting", "light", "medium", "heavy")
PHASES = ("menstruation", "follicular", "ovulation", "luteal")

Row = tuple[str, Value, str, tuple[str, ...]]


def _kind(name: str, *rows: Row) -> DocumentKind:
    envelope: tuple[Row, ...] = (("id", Value.STRING, REQUIRED, ()), ("day", Value.DATE, REQUIRED, ()))
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
    _kind("ovulation", ("confirmed", Value.BOOLEAN, OPTIONAL, ())),
    _kind("pregnancy", ("week", Value.INTEGER, NULLABLE, ()), ("due_day", Value.DATE, NULLABLE, ())),
    _kind("menopause", ("stage", Value.STRING, NULLABLE, ("perimenopause", "menopause", "postmenopause"))),
    _kind("contraception", ("method", Value.STRING, NULLABLE, ())),
    _kind("sexual_activity", ("protected", Value.BOOLEAN, NULLABLE, ())),
    _kind("lactation", ("minutes", Value.NUMBER, NULLABLE, ())),
    _kind(
        "cervical_mucus",
        ("quality", Value.STRING, NULLABLE, ("dry", "sticky", "creamy", "watery", "egg_white")),
    ),
    _kind("basal_body_temperature", ("temperature", Value.NUMBER, REQUIRED, ())),
)
