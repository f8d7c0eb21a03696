"""Words, codes and documents of women's health, and of the member's own: what may differ between twins."""

import string
from datetime import date, timedelta
from random import Random
from typing import Any

from records.vocabulary import registry, tags
from records.vocabulary.shapes import Field, Value
from tests.twins.scripts import TODAY, Doc

# The stems of facts of 2026-11-20 (tag picker and programs that read it), and some to be expected.
STEMS = (
    "period", "pms", "cramps", "spotting", "ovulation", "positive_lh_test", "cervical_mucus", "vaginal_discharge",
    "vaginal_dryness", "tender_breasts", "pelvic_pain", "birth_control", "emergency_contraceptive", "sex", "intimacy",
    "high_sexual_desire", "low_sexual_desire", "positive_pregnancy_test", "pregnancy_loss", "contractions",
    "braxton_hicks_contractions", "round_ligament_pain", "linea_nigra", "labor", "induced_labor", "pitocin", "birth",
    "vaginal_birth", "c_section", "postpartum", "breastfeeding", "mastitis", "baby_care", "perimenopause_symptoms",
    "menopause_symptoms", "postmenopause_symptoms", "hot_flashes", "night_sweats", "hormone_replacement_therapy",
    "mood_swings", "food_cravings", "food_aversion", "bloating", "nausea", "vomiting", "frequent_urination",
    "ankle_swelling", "feet_swelling", "acne", "prenatal_vitamins", "fertility_clinic", "ivf", "miscarriage",
    "abortion", "lactation",
)  # fmt: skip
NOTES = (
    "period came early", "Regel, sehr stark", "生理", "🩸🩸", "cramps", "IVF week 2", "x" * 900, "", " ", "caffeine",
    "tag_generic_period", "line one\nline two", "\"quoted\" <b>&amp;</b> 'x'; DROP TABLE", "ovulation +1, LH pos",
)  # fmt: skip
OPEN_WORDS = (
    "prenatal_yoga",
    "postpartum recovery",
    "pelvic floor",
    "Schwangerschaftsgymnastik",
    "kegel 3x10",
)
UNKNOWN = (
    "menstrual_phase",
    "cycle",
    "is_pregnant",
    "period_prediction",
    "fertility",
)  # keys that no kind has
WOMENS_HEALTH = tuple(kind.name for kind in registry.KINDS.values() if kind.womens_health)


def private_code(dice: Random) -> str | None:
    """Return the code of a tag that may not leave: a listed one in some spelling, the member's own, none, a new one."""
    stem = dice.choice(STEMS)
    spelled = dice.choice((stem, stem.replace("_", ""), stem.upper(), stem.replace("_", "-")))
    new = "".join(dice.choices(string.ascii_lowercase, k=8))
    prefix = dice.choice(("tag_generic_", "tag_sleep_", ""))
    code = dice.choice((f"{prefix}{spelled}", f"{prefix}{spelled}", "custom", None, f"tag_generic_{new}"))
    assert not tags.may_leave(code)
    return code


def note(dice: Random) -> str | None:
    return dice.choice((*NOTES, None))


def a_private_document(dice: Random, name: str) -> Doc:
    """Return a women's-health document of any kind with any values, of a day around the script's own."""
    kind = registry.KINDS[dice.choice(WOMENS_HEALTH)]
    given = [leaf for leaf in kind.fields if leaf.required or dice.random() < 0.7]
    body: dict[str, Any] = {leaf.path: _value(leaf, dice) for leaf in given}
    day = TODAY - timedelta(days=dice.randint(-3, 3))
    body |= {"id": name, kind.day: day.isoformat()}
    body.pop("origin", None)
    if kind.name == "fertile_window":
        body |= {
            "start_day": day.isoformat(),
            "end_day": (day + timedelta(days=dice.randint(0, 6))).isoformat(),
        }
    return Doc(kind.name, body, name, dice.choice(("ring", "file")))


def _value(leaf: Field, dice: Random) -> Any:
    if leaf.nullable and dice.random() < 0.2:
        return None
    if leaf.one_of:
        word = dice.choice(sorted(leaf.one_of))
        return [word] if leaf.value is Value.STRINGS else word
    day = date(2026, dice.randint(1, 12), dice.randint(1, 28))
    values: dict[Value, Any] = {
        Value.STRING: dice.choice(NOTES).replace("\n", " "),
        Value.STRINGS: [dice.choice(STEMS) for _ in range(dice.randint(0, 4))],
        Value.INTEGER: dice.randint(0, 60),
        Value.NUMBER: round(dice.uniform(35, 38), 2),
        Value.BOOLEAN: dice.random() < 0.5,
        Value.DATE: day.isoformat(),
        Value.DATETIME: f"{day}T{dice.randint(0, 23):02d}:00:00+00:00",
    }
    return values[leaf.value]
