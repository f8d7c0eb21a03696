"""The register: partner apps fill it at startup, reviews beside them. A manifest that promises too much does not load.

A self-service partner's manifest is the row of its review. Rows are read by whoever fills `look_up`, the first time a
slug is asked for that nobody in code has, and again when a row's digest turns out to be another (`take`).
"""

from collections.abc import Callable, Iterator
from itertools import count

from consent.manifests.ceilings import above_self_service
from consent.manifests.shapes import Manifest
from consent.manifests.validation import problems_of

_manifests: dict[str, Manifest] = {}
_refused: dict[str, "ManifestRefused"] = {}
_reviewed: dict[str, tuple[str, Manifest]] = {}  # by slug: the digest of the review's row, and what it says
_look_up: list[Callable[[str], None]] = []
_edition = count()
_now = [next(_edition)]


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
    """Return a partner's manifest, in code or reviewed; None for a partner that nobody knows."""
    if slug in _manifests:
        return _manifests[slug]
    if slug not in _reviewed:
        for read in _look_up:
            read(slug)
    return _reviewed[slug][1] if slug in _reviewed else None


def manifests() -> Iterator[Manifest]:
    """Yield the manifest of every partner in code, by slug."""
    return iter(tuple(_manifests[slug] for slug in sorted(_manifests)))


def reviewed() -> tuple[Manifest, ...]:
    """Return the reviewed manifests that this process has met so far, by slug."""
    return tuple(_reviewed[slug][1] for slug in sorted(_reviewed))


def in_code(slug: str) -> bool:
    return slug in _manifests


def digest_taken(slug: str) -> str:
    """Return the digest of the review's row that is in force in this process; "" for none."""
    return _reviewed[slug][0] if slug in _reviewed else ""


def take(manifest: Manifest, digest: str) -> None:
    """Put a reviewed manifest in force. Raises ManifestRefused when it asks for more than the self-service ceiling."""
    if problems := problems_of_reviewed(manifest):
        raise ManifestRefused(manifest.slug, problems)
    _reviewed[manifest.slug] = (digest, manifest)
    _now[0] = next(_edition)


def problems_of_reviewed(manifest: Manifest) -> list[str]:
    """Return why a self-service manifest does not load: each a sentence that says what to take out."""
    problems = [*problems_of(manifest), *above_self_service(manifest)]
    if manifest.slug in _manifests:
        problems.append("another partner has this slug already.")
    return problems


def drop(slug: str) -> None:
    """Let a reviewed manifest go: its row is gone, or no longer loads."""
    if _reviewed.pop(slug, None) is not None:
        _now[0] = next(_edition)


def edition() -> int:
    """Return a number that changes with every reviewed manifest that comes or goes: what is built of them is stale."""
    return _now[0]


def look_up(read: Callable[[str], None]) -> None:
    """Name who reads the row of a slug that is not known yet."""
    _look_up[:] = [read]


def refusals() -> tuple[ManifestRefused, ...]:
    """Return why each manifest that was offered at startup and not taken does not load, by slug."""
    return tuple(_refused[slug] for slug in sorted(_refused))
