"""How hard a page is to read: the Flesch-Kincaid grade of its sentences, over what a member sees (UX section 2.1)."""

import html
import re

VOWELS = re.compile(r"[aeiouy]+")


def sentences_of(page: str) -> list[str]:
    """Return the sentences in the page's main part: full ones, not labels, names and numbers."""
    main = re.search(r"<main.*</main>", page, re.S)
    body = re.sub(r"<(svg|script|select)\b.*?</\1>", " ", main[0] if main else page, flags=re.S)
    body = re.sub(r"</?(?:b|a|span)\b[^>]*>", "", body)
    pieces = re.split(r"<[^>]+>", body)
    text = [html.unescape(re.sub(r"\s+", " ", piece)).strip() for piece in pieces]
    found = [part.strip() for piece in text for part in re.findall(r"[^.?!]+[.?!]", piece)]
    return [part for part in found if len(words_of(part)) >= 3]


def words_of(sentence: str) -> list[str]:
    return re.findall(r"[a-z]+(?:['’][a-z]+)?", sentence.lower())


def syllables(word: str) -> int:
    """Return how many syllables an English word has, near enough: groups of vowels, a silent e left out."""
    trimmed = word[:-1] if word.endswith("e") and not word.endswith("le") else word
    trimmed = re.sub(r"(?<=[^aeioudt])ed$", "d", trimmed)
    return max(1, len(VOWELS.findall(trimmed)))


def grade(sentences: list[str]) -> float:
    """Return the Flesch-Kincaid grade level (Kincaid and others, 1975)."""
    words = [word for sentence in sentences for word in words_of(sentence)]
    per_sentence = len(words) / len(sentences)
    per_word = sum(map(syllables, words)) / len(words)
    return 0.39 * per_sentence + 11.8 * per_word - 15.59
