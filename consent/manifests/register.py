"""The register that partner apps fill at startup. A manifest that promises too much does not load."""

from collections.abc import Iterator

from consent.manifests.shapes import Manifest
from consent.manifests.validation import problems_of

_manifests: dict[str, Manifest] = {}
_refused: dict[str, "ManifestRefused"] = {}


class ManifestRefused(ValueError):
    """A manifest asks for what no partner may have, or contradicts the vocabulary."""

    def __init__(self, slug: str, problems: list[str]) -> None:
        super().__init__(f"The manifest of {slug} does not load: " + " ".join(problems))
        self.slug, self.problems = slug, problems


def register(manifest: Manifest) -> None:
    """Add one partner's manifest. Raises ManifestRefused."""
    problems = problems_of(manifest)
    if _manifests.get(manifest.slug, manifest) != manifest:
        problems.append("another partner has this slug already.")
    if problems:
        raise ManifestRefused(manifest.slug, problems)
    _manifests[manifest.slug] = manifest


def offer(manifest: Manifest) -> bool:
    """Add one partner's manifest, or note why not, so that `manage.py check` can say all of it at once.

    A refused one is in nobody's register: to the gate, that partner does not exist.
    """
    try:
        register(manifest)
    except ManifestRefused as refusal:
        _refused[manifest.slug] = refusal
        return False
    return True


def manifest_of(slug: str) -> Manifest | None:
    return _manifests.get(slug)


def manifests() -> Iterator[Manifest]:
    """Yield every registered manifest, by slug."""
    return iter(tuple(_manifests[slug] for slug in sorted(_manifests)))


def refusals() -> tuple[ManifestRefused, ...]:
    """Return why each manifest that was offered at startup and not taken does not load, by slug."""
    return tuple(_refused[slug] for slug in sorted(_refused))
