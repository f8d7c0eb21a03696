"""The register that partner apps fill at startup. A manifest that promises too much does not load."""

from collections.abc import Iterator

from consent.manifests.shapes import Manifest
from consent.manifests.validation import problems_of

_manifests: dict[str, Manifest] = {}


class ManifestRefused(ValueError):
    """A manifest asks for what no partner may have, or contradicts the vocabulary."""

    def __init__(self, slug: str, problems: list[str]) -> None:
        super().__init__(f"The manifest of {slug} does not load: " + " ".join(problems))
        self.slug, self.problems = slug, problems


def register(manifest: Manifest) -> None:
    """Add one partner's manifest. Raises ManifestRefused."""
    if problems := problems_of(manifest):
        raise ManifestRefused(manifest.slug, problems)
    _manifests[manifest.slug] = manifest


def manifest_of(slug: str) -> Manifest | None:
    return _manifests.get(slug)


def manifests() -> Iterator[Manifest]:
    """Yield every registered manifest, by slug."""
    return iter(tuple(_manifests[slug] for slug in sorted(_manifests)))
