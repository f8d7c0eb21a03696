"""What `manage.py check` says about the vocabulary."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from records.vocabulary import registry


@register()
def the_vocabulary_is_sound(**_: Any) -> list[CheckMessage]:
    """Every field belongs to one data type or to the envelope, and no composite is made of women's health."""
    hint = "Correct the tables in records/vocabulary."
    return [Error(problem, hint=hint, id="records.E001") for problem in registry.problems()]
