"""Checkpoints are signed notes that any reader of the standard opens; every altered one is refused (SR-8.2)."""

from base64 import b64encode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.proofs import notes
from audit.proofs.notes import Checkpoint, NoteRefused, Verifier
from audit.proofs.tree import EMPTY

pytestmark = pytest.mark.once
ORIGIN = "ringfence.example/audit/1"
KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([one]) * 32) for one in (1, 2))
VKEY, STRANGER = Verifier.of(ORIGIN, KEY).vkey, Verifier.of(ORIGIN, OTHER).vkey
HEAD = Checkpoint(ORIGIN, 12_345, sha256(b"root").digest())
NOTE = HEAD.signed(KEY)

# From the documentation of Go's golang.org/x/mod/sumdb/note: a key and a note that we did not make.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_note_made_by_somebody_elses_tool_opens():
    assert notes.open_note(GO_NOTE, [GO_VKEY]).startswith("If you think cryptography")
    with pytest.raises(NoteRefused):
        notes.open_note(GO_NOTE.replace("answer", "Answer"), [GO_VKEY])


def test_a_checkpoint_goes_out_and_comes_back():
    assert NOTE.startswith(f"{ORIGIN}\n12345\n{b64encode(HEAD.root).decode()}\n\n— {ORIGIN} ")
    assert notes.open_checkpoint(NOTE, [VKEY]) == HEAD


def test_the_key_id_is_the_standards():
    public = KEY.public_key().public_bytes_raw()
    assert Verifier.of(ORIGIN, KEY).key_id == sha256(ORIGIN.encode() + b"\x0a\x01" + public).digest()[:4]
    assert Verifier.parse(VKEY) == Verifier.of(ORIGIN, KEY)


def test_only_the_keys_given_count():
    with pytest.raises(NoteRefused, match="None of the keys"):
        notes.open_note(NOTE, [STRANGER])
    with pytest.raises(NoteRefused, match="None of the keys"):
        notes.open_note(NOTE, [])
    assert notes.open_note(NOTE, [STRANGER, VKEY]) == HEAD.text


def test_a_witness_adds_its_line_and_takes_nothing_away():
    both = NOTE + notes.signature_line(HEAD.text, "witness.example", OTHER)
    witness = Verifier.of("witness.example", OTHER).vkey
    assert notes.open_note(both, [VKEY]) == notes.open_note(both, [witness]) == HEAD.text
    with pytest.raises(NoteRefused, match="its own key"):
        notes.open_checkpoint(both, [witness])


def test_a_known_key_with_a_bad_signature_refuses_the_note_even_beside_a_good_one():
    line = notes.signature_line("another\n", "witness.example", OTHER)
    with pytest.raises(NoteRefused, match=r"witness\.example"):
        notes.open_note(NOTE + line, [VKEY, Verifier.of("witness.example", OTHER).vkey])


@given(st.integers(0, len(NOTE.encode()) - 1), st.integers(1, 255))
@settings(max_examples=400)
def test_no_note_with_one_byte_changed_opens(at: int, flip: int):
    broken = bytearray(NOTE.encode())
    broken[at] ^= flip
    with pytest.raises(NoteRefused):
        notes.open_note(broken.decode(errors="replace"), [VKEY])


@given(st.text())
def test_no_other_text_is_a_note_or_a_checkpoint_or_a_key(text: str):
    for read in (
        lambda: notes.open_note(text, [VKEY]),
        lambda: Checkpoint.parse(text),
        lambda: Verifier.parse(text),
    ):
        with pytest.raises(NoteRefused):
            read()


ROOT = b64encode(HEAD.root).decode()


@pytest.mark.parametrize(
    "text",
    [
        *(f"{ORIGIN}\n{size}\n{ROOT}\n" for size in ("012", "-1", "+1", "1_0", " 1", "", "1.0", "١", str(2**63))),
        *(f"{ORIGIN}\n1\n{root}\n" for root in ("", ROOT[:-4], ROOT + "AAAA", ROOT[:-1], ROOT[:-2] + "9=")),
        f"{ORIGIN}\n1\n{ROOT}",
        f"{ORIGIN}\n1\n{ROOT}\nextension\n",
        f"{ORIGIN}\n1\n{ROOT}\n\n",
        f"\n1\n{ROOT}\n",
        f"two words\n1\n{ROOT}\n",
        f"{ORIGIN}\n0\n{ROOT}\n",
    ],
)  # fmt: skip
def test_a_checkpoint_has_one_writing(text: str):
    with pytest.raises(NoteRefused):
        Checkpoint.parse(text)


def test_an_empty_log_has_a_checkpoint_too():
    empty = Checkpoint(ORIGIN, 0, EMPTY)
    assert Checkpoint.parse(empty.text) == empty


@pytest.mark.parametrize(
    "vkey",
    [
        VKEY.replace("1+", "2+", 1),
        VKEY.replace(VKEY.split("+")[1], VKEY.split("+")[1].upper()),
        VKEY[:-4],
        VKEY + "\n",
        ORIGIN,
    ],
)
def test_a_key_has_one_writing(vkey: str):
    with pytest.raises(NoteRefused):
        Verifier.parse(vkey)


@pytest.mark.parametrize("text", ["no end of line", "a\ttab\n", "a\0\n", "\ud800\n"])
def test_what_no_note_can_carry_is_not_signed(text: str):
    with pytest.raises(NoteRefused):
        notes.sign(text, ORIGIN, KEY)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\nb"])
def test_a_name_that_no_note_can_carry_signs_nothing(name: str):
    with pytest.raises(NoteRefused):
        notes.sign("text\n", name, KEY)
