"""The words for a member's sex that partners see. Any other word of theirs becomes `other`."""

SEXES = frozenset({"female", "male", "other"})


def closed(word: str) -> str:
    """Return the word when it is one of ours (case and spaces forgiven), else `other`."""
    plain = word.strip().casefold()
    return plain if plain in SEXES else "other"
