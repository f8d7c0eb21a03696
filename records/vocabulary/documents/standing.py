"""What is true of the member and of the ring now, and of no day, field by field."""

from records.vocabulary.documents.leaves import CODE, NULLABLE, envelope, leaf
from records.vocabulary.shapes import DocumentKind, Value

COLORS = (
    "brushed_silver", "glossy_black", "glossy_gold", "glossy_white", "gucci", "matt_gold", "rose", "silver",
    "stealth_black", "titanium", "titanium_and_gold", "cloud", "petal", "midnight", "tide", "deep_rose",
)  # fmt: skip
DESIGNS = ("heritage", "balance", "balance_diamond", "horizon", "ceramic")
HARDWARE = ("gen1", "gen2", "gen2m", "gen3", "gen4", "or5")

PERSONAL_INFO = DocumentKind(
    name="personal_info",
    day="",
    fields=(
        *envelope(day=False),
        leaf("age", "age", Value.INTEGER, NULLABLE, "years"),
        leaf("weight", "weight", Value.NUMBER, NULLABLE, "kg"),
        leaf("height", "height", Value.NUMBER, NULLABLE, "m"),
        leaf("biological_sex", "sex", Value.STRING, NULLABLE),
        leaf("email", "email", Value.STRING, NULLABLE),
    ),
)

RING_CONFIGURATION = DocumentKind(
    name="ring_configuration",
    day="",
    fields=(
        *envelope(day=False),
        leaf("color", "ring_configuration", Value.STRING, NULLABLE, one_of=COLORS),
        leaf("design", "ring_configuration", Value.STRING, NULLABLE, one_of=DESIGNS),
        leaf("firmware_version", "ring_configuration", Value.STRING, NULLABLE, only=CODE),
        leaf("hardware_type", "ring_configuration", Value.STRING, NULLABLE, one_of=HARDWARE),
        leaf("set_up_at", "ring_configuration", Value.DATETIME, NULLABLE),
        leaf("size", "ring_configuration", Value.INTEGER, NULLABLE, "US ring size"),
    ),
)

KINDS = (PERSONAL_INFO, RING_CONFIGURATION)
