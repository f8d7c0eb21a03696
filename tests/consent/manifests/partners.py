"""The manifests of the thirteen and of the member's own program, as their folders have them."""

from importlib import import_module

from consent.manifests.shapes import Manifest

FOLDERS = (
    "strava", "apple_health", "health_connect", "natural_cycles", "stelo", "alexa", "corepower_yoga",
    "the_sculpt_society", "technogym", "headspace", "open", "clue", "flo",
)  # fmt: skip


def manifest_in(folder: str) -> Manifest:
    return import_module(f"integrations.{folder}.manifest").MANIFEST


THIRTEEN: tuple[Manifest, ...] = tuple(manifest_in(folder) for folder in FOLDERS)
OWN_PROGRAM = manifest_in("own_program")
ALL: dict[str, Manifest] = {manifest.slug: manifest for manifest in (*THIRTEEN, OWN_PROGRAM)}
