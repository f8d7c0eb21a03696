"""How the tables of documents are written down: one line a field."""

from records.vocabulary.shapes import Field, Sensitivity, Value

REQUIRED, OPTIONAL, NULLABLE = "required", "optional", "nullable"
DIGITS = "0-9"
CODE = "0-9A-Za-z._-"


def leaf(
    path: str,
    data_type: str | None,
    value: Value,
    presence: str = NULLABLE,
    unit: str = "",
    *,
    sensitivity: Sensitivity = Sensitivity.NEUTRAL,
    one_of: tuple[str, ...] = (),
    own: bool = False,
    per_entry: bool = False,
    within: tuple[float, float] | None = None,
    only: str = "",
) -> Field:
    """Write one field down. `nullable` fields may be left out as well; `required` ones may not be null."""
    return Field(
        path=path,
        data_type=data_type,
        value=value,
        unit=unit,
        sensitivity=sensitivity,
        required=presence == REQUIRED,
        nullable=presence == NULLABLE,
        own=own,
        one_of=frozenset(one_of),
        per_entry=per_entry,
        within=within,
        only=only,
    )


def leaves(
    paths: str,
    data_type: str,
    value: Value,
    presence: str = NULLABLE,
    unit: str = "",
    *,
    under: str = "",
    sensitivity: Sensitivity = Sensitivity.NEUTRAL,
    own: bool = False,
) -> tuple[Field, ...]:
    """Write down several fields that differ in their names only."""
    return tuple(
        leaf(f"{under}{path}", data_type, value, presence, unit, sensitivity=sensitivity, own=own)
        for path in paths.split()
    )


def staying(path: str) -> Field:
    """Write down what is kept with a document of ours and goes along with nothing: who made it, what from."""
    return Field(path=path, data_type=None, value=Value.STRING, own=True, stays=True)


def envelope(*, timestamp: bool = False, day: bool = True) -> tuple[Field, ...]:
    """Which record this is: belongs to no data type, travels with a released field and never alone."""
    named = [leaf("id", None, Value.STRING, REQUIRED)]
    if day:
        named.append(leaf("day", None, Value.DATE, REQUIRED))
    if timestamp:
        named.append(leaf("timestamp", None, Value.DATETIME, REQUIRED))
    return tuple(named)
