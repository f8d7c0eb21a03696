"""The words on the switches: plain enough for everyone, and about this partner (UX section 2)."""

import re

import pytest

from consent.manifests.shapes import Direction, Manifest
from tests.consent.manifests.partners import ALL, THIRTEEN
from tests.consent.web.reading import grade, sentences_of, words_of

pytestmark = pytest.mark.once
EVERY = [pytest.param(manifest, id=slug) for slug, manifest in ALL.items()]
HARDEST, LONGEST = 6, 20  # school grade, words a sentence
NEVER_SAID = re.compile(
    r"\b(revoke\w*|scopes?|tokens?|integrations?|third part\w+|permissions?|sync\w*|opt-in|unfortunately|sorry)\b|!|_",
    re.IGNORECASE,
)


def said(manifest: Manifest) -> list[str]:
    flows = [
        sentence for flow in manifest.flows for sentence in (f"{flow.name}.", flow.hint, f"Why: {flow.why}")
    ]
    about = (manifest.summary, manifest.retention, manifest.stopping, manifest.no_connection)
    return [*flows, *(sentence for sentence in about if sentence)]


@pytest.mark.parametrize("manifest", EVERY)
def test_a_switch_reads_at_grade_six_or_lower(manifest):
    sentences = [sentence for text in said(manifest) for sentence in sentences_of(text)]
    assert grade(sentences) <= HARDEST, grade(sentences)
    assert [sentence for sentence in sentences if len(words_of(sentence)) > LONGEST] == []


@pytest.mark.parametrize("manifest", EVERY)
def test_no_word_of_the_trade_no_shout_and_no_code_name(manifest):
    assert [text for text in said(manifest) if NEVER_SAID.search(text)] == []
    assert [text for text in said(manifest) if text[-1] != "."] == []


@pytest.mark.parametrize("manifest", THIRTEEN, ids=lambda manifest: manifest.slug)
def test_every_switch_has_a_name_of_its_own_and_every_stop_a_meaning(manifest):
    for direction in Direction:
        names = [flow.name for flow in manifest.flows if flow.direction is direction]
        assert len(names) == len(set(names))
    assert manifest.stopping


@pytest.mark.parametrize("manifest", EVERY)
def test_the_addresses_are_safe_ones(manifest):
    for address in (manifest.privacy_url, manifest.deletion_url):
        assert address.startswith("/" if manifest.slug == "own-program" else "https://")
