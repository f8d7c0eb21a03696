"""What `manage.py check` says about the partners' manifests."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from consent.manifests.register import refusals

HINT = (
    "Correct integrations/{folder}/manifest.py. Until then the gate knows no such partner, and nothing moves."
)


@register()
def every_manifest_loads(**_: Any) -> list[CheckMessage]:
    """No manifest names women's health, an unknown type, a field of another type, advertising or sale."""
    return [
        Error(
            f"The manifest of {refusal.slug} does not load: {problem}",
            hint=HINT.format(folder=refusal.slug.replace("-", "_")),
            obj=refusal.slug,
            id="consent.E001",
        )
        for refusal in refusals()
        for problem in refusal.problems
    ]
