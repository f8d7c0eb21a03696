"""How a personal access token is spelled: a prefix that scanners know, 256 random bits, and a checksum. Pure.

The checksum tells a typing mistake or an invented token from one of ours before any table is asked; it proves nothing.
"""

import hashlib
import re
import secrets
import string
import zlib

PREFIX = "rfp_"
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
BYTES, LETTERS, CHECK = 32, 43, 6  # 62**43 > 2**256 and 62**6 > 2**32
_FORM = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{LETTERS}}}[0-9A-Za-z]{{{CHECK}}}", re.ASCII)


def new() -> str:
    """Return a token that nobody has: 53 characters, safe in a header, a shell and a file name (SR-2.16)."""
    body = PREFIX + _base62(int.from_bytes(secrets.token_bytes(BYTES)), LETTERS)
    return body + _checksum(body)


def is_ours(token: str) -> bool:
    """Whether a text is spelled as one of ours: it asks no table."""
    return _FORM.fullmatch(token) is not None and _checksum(token[:-CHECK]) == token[-CHECK:]


def digest(token: str) -> str:
    """Return the SHA-256 under which a token is kept: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), CHECK)


def _base62(number: int, length: int) -> str:
    letters = []
    for _ in range(length):
        number, digit = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[digit])
    return "".join(reversed(letters))
