"""Signed notes and checkpoints: what we say about the log, in a form that other people's tools read. Pure.

A note is text with Ed25519 signature lines (https://c2sp.org/signed-note); a checkpoint is the note's text of three
lines: origin, size, root (https://c2sp.org/tlog-checkpoint). A verifier key is one line: `name+id+base64`.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit.proofs.tree import EMPTY, WIDTH

ED25519 = b"\x01"  # the algorithm's byte in key ids and verifier keys
LONGEST = 1_000_000  # characters of a note
MOST_SIGNATURES = 100
SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
LINE = re.compile(r"— ([^ ]+) ([A-Za-z0-9+/=]+)")


class NoteRefused(ValueError):
    """A note, a checkpoint or a key is not well formed, or nobody whom we trust signed it."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with the name under which it signs."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Return the four bytes that stand before each signature of this key."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """Return the key's text form."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def of(cls, name: str, key: Ed25519PrivateKey) -> "Verifier":
        """Return the public half of a signing key. Raises NoteRefused for a name that no note can carry."""
        return cls(_name(name), key.public_key().public_bytes_raw())

    @classmethod
    def parse(cls, vkey: str) -> "Verifier":
        """Return the key whose text form this is. Raises NoteRefused."""
        name, _, rest = vkey.partition("+")
        key = _base64(rest.partition("+")[2], "The verifier key")
        if len(key) != 1 + WIDTH or key[:1] != ED25519:
            raise NoteRefused("The verifier key is not an Ed25519 key.")
        verifier = cls(_name(name), key[1:])
        if verifier.vkey != vkey:
            raise NoteRefused("The verifier key's id does not belong to its name and key.")
        return verifier

    def signed(self, text: bytes, signature: bytes) -> bool:
        """Say whether this key made the signature over the text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


def signature_line(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """Return the line, with its end, that a signer or a witness adds to a note of this text."""
    signature = Verifier.of(name, key).key_id + key.sign(_text(text))
    return f"— {name} {b64encode(signature).decode()}\n"


def sign(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """Return the note: the text, an empty line, one signature. Raises NoteRefused for a text that no note can carry."""
    return f"{text}\n{signature_line(text, name, key)}"


def open_note(note: str, vkeys: Iterable[str]) -> str:
    """Return the text that one of these keys signed. Raises NoteRefused.

    Signatures of keys that we do not know are passed over; a bad one of a key that we know refuses the note.
    """
    return _opened(note, vkeys)[0]


def _opened(note: str, vkeys: Iterable[str]) -> tuple[str, list[str]]:
    """Return the text and the names of the known keys that signed it."""
    known = {(key.name, key.key_id): key for key in map(Verifier.parse, vkeys)}
    text, cut, lines = note.rpartition("\n\n")
    if not cut or not lines.endswith("\n") or len(note) > LONGEST:
        raise NoteRefused("This is not a signed note: text, an empty line, signature lines.")
    text += "\n"
    _text(note)
    signers = []
    for name, signature in _signatures(lines):
        key = known.get((name, signature[:4]))
        if key is not None and not key.signed(text.encode(), signature[4:]):
            raise NoteRefused(f"The signature of {name} does not belong to this text.")
        if key is not None:
            signers.append(name)
    if not signers:
        raise NoteRefused("None of the keys given has signed this note.")
    return text, signers


def _signatures(lines: str) -> Iterable[tuple[str, bytes]]:
    found = lines[:-1].split("\n")
    if len(found) > MOST_SIGNATURES:
        raise NoteRefused(f"The note has more than {MOST_SIGNATURES} signatures.")
    for line in found:
        parts = LINE.fullmatch(line)
        if parts is None:
            raise NoteRefused("A signature line of the note is malformed.")
        signature = _base64(parts[2], "A signature")
        if len(signature) < 5:
            raise NoteRefused("A signature of the note is too short.")
        yield _name(parts[1]), signature


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log at one size: its name, how many entries it has, and the root over all of them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """Return the three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Return the checkpoint that the text is. Raises NoteRefused, also for extension lines: ours has none."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3]:
            raise NoteRefused("A checkpoint has three lines: origin, size, root.")
        origin, size, root = lines[0], lines[1], _base64(lines[2], "The checkpoint's root")
        if not SIZE.fullmatch(size) or int(size) >= 1 << 63:
            raise NoteRefused("The checkpoint's size is not a plain decimal number.")
        if len(root) != WIDTH or (size == "0" and root != EMPTY):
            raise NoteRefused("The checkpoint's root is not the hash of a tree of that size.")
        return cls(_name(origin), int(size), root)

    def signed(self, key: Ed25519PrivateKey) -> str:
        """Return the checkpoint's note, signed under its origin as the key's name (C2SP tlog-checkpoint)."""
        return sign(self.text, self.origin, key)


def open_checkpoint(note: str, vkeys: Iterable[str]) -> Checkpoint:
    """Return the checkpoint that the log itself signed: the key's name is the origin. Raises NoteRefused."""
    text, signers = _opened(note, vkeys)
    checkpoint = Checkpoint.parse(text)
    if checkpoint.origin not in signers:
        raise NoteRefused(f"The checkpoint of {checkpoint.origin} is not signed by its own key.")
    return checkpoint


def _name(name: str) -> str:
    if not name or "+" in name or any(one.isspace() or not one.isprintable() for one in name):
        raise NoteRefused("A key's name is not empty and holds neither spaces nor plus signs.")
    return name


def _text(text: str) -> bytes:
    """Return the text's bytes if a note can carry it: whole lines of UTF-8 without control characters."""
    if not text.endswith("\n") or any(one < " " and one != "\n" for one in text):
        raise NoteRefused("A note is whole lines of text without control characters.")
    try:
        return text.encode()
    except UnicodeEncodeError as broken:
        raise NoteRefused("A note is UTF-8 text.") from broken


def _base64(text: str, what: str) -> bytes:
    """Return the bytes of strict base64: one writing for each."""
    try:
        content = b64decode(text, validate=True)
    except ValueError as broken:
        raise NoteRefused(f"{what} is not base64.") from broken
    if b64encode(content).decode() != text:
        raise NoteRefused(f"{what} is not in base64's one form.")
    return content
