#!/usr/bin/env python3
"""Check offline, without trusting Ringfence, a checkpoint, a receipt, a consistency proof or an export of its log.

    verify_ringfence.py checkpoint FILE --key VKEY
    verify_ringfence.py proof FILE --key VKEY       (a member's receipt, or two checkpoints compared)
    verify_ringfence.py export FILE --manifest FILE [--event-proof FILE] --key VKEY

One file, nothing but the standard library of Python 3.10. The key comes from the command line (or --key-file), never
from what is checked: get it from a place that you trust. Of an export in a folder FILE is its list of hashes. Exit 0:
verified; 1: not, and why; 2: the command was wrong; 3: only in part, a Parquet file or a PDF without the proof of the
entry in which the log recorded it (in the manifest a second after the export, or by `manage.py audit prove`).
By RFC 6962 (tree), RFC 8032 (Ed25519), C2SP signed-note and tlog-checkpoint. Read from below: `main` names the three
checks; above them, each under its heading: the signature, the note, the tree, the rows, the manifest.
"""

import argparse
import csv
import hashlib
import json
import re
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

Row = tuple[int, bytes]  # index and leaf hash
Read = tuple[int, bytes, bytes]  # index, leaf hash, and the entry
Key = tuple[str, bytes, bytes]  # name, id, public key
Point = tuple[int, int, int, int]  # extended coordinates X, Y, Z, T
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
LONGEST_LINE = 1 << 17
JSONL = re.compile(rb'\{"entry":(\{.*\}),"index":(0|[1-9][0-9]{0,18})\}\n?')
NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
FORMULA = re.compile("[ \t\r\n\v\f\u00a0'\"]*[-=+@\t\r\uff0d\uff1d\uff0b\uff20]")
FILTERS = {"since", "until", "subjects", "partner", "data_type", "kinds", "outcome", "reason"}
PARTLY = "Verified in part only:"
SUM = re.compile(r"([0-9a-f]{64})  ([^/\\]+/[^/\\]+)")
INCLUSION = {"kind", "entry", "index", "checkpoint", "proof"}
SIGNATURE = re.compile(r"— ([^ ]+) ([A-Za-z0-9+/=]+)")


class Fault(Exception):
    """What is wrong, as a sentence."""


def insist(holds: object, otherwise: str) -> None:
    if not holds:
        raise Fault(otherwise)


# The signature: Ed25519, as in RFC 8032 section 6.
def add(one: Point, other: Point) -> Point:
    a, b = (one[1] - one[0]) * (other[1] - other[0]), (one[1] + one[0]) * (other[1] + other[0])
    c, d = 2 * one[3] * other[3] * D, 2 * one[2] * other[2]
    e, f, g, h = (b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


def decoded(encoded: bytes) -> Point | None:
    y, sign = int.from_bytes(encoded, "little") & (1 << 255) - 1, encoded[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (not x and sign):
        return None
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P


def signed(public: bytes, text: bytes, signature: bytes) -> bool:
    """Say whether the Ed25519 key made this signature over the text (RFC 8032 section 5.1.7)."""
    base, key = decoded((4 * pow(5, -1, P) % P).to_bytes(32, "little")), decoded(public)
    point = decoded(signature[:32]) if len(signature) == 64 else None
    scalar = int.from_bytes(signature[32:], "little")
    if base is None or key is None or point is None or scalar >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % ORDER
    found, minus = (0, 1, 1, 0), (P - key[0], key[1], 1, P - key[3])
    for bit in reversed(range(ORDER.bit_length())):
        found = add(found, found)
        found = add(found, base) if scalar >> bit & 1 else found
        found = add(found, minus) if challenge >> bit & 1 else found
    return not ((found[0] - point[0] * found[2]) % P or (found[1] - point[1] * found[2]) % P)


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def unbase64(text: Any, what: str, length: int | None = None) -> bytes:
    """Return the bytes of strict base64: one writing for each."""
    try:
        content = b64decode(text, validate=True)
    except (TypeError, ValueError):
        raise Fault(f"{what} is not base64.") from None
    insist(b64encode(content).decode() == text, f"{what} is not in base64's one form.")
    insist(length in (None, len(content)), f"{what} is not {length} bytes long.")
    return content


# The note: who signed which size and root (C2SP signed-note, tlog-checkpoint).
def trusted(vkey: str) -> Key:
    name, _, rest = vkey.partition("+")
    key_id, _, key = rest.partition("+")
    public = unbase64(key, "The key", 33)
    right = public[:1] == b"\x01" and key_id == sha256(name.encode(), b"\n", public)[:4].hex()
    insist(right, "The key is not an Ed25519 verifier key: name+id+base64.")
    return name, bytes.fromhex(key_id), public[1:]


def opened(note: Any, key: Key) -> tuple[int, bytes]:
    """Return size and root of the checkpoint in a note, if the log's own key signed it."""
    text, cut, lines = need(note, str, "The checkpoint").rpartition("\n\n")
    text, good = text + "\n", False
    for line in lines.removesuffix("\n").split("\n"):
        parts = SIGNATURE.fullmatch(line)
        if not cut or parts is None or not lines.endswith("\n"):
            raise Fault("The checkpoint is not a signed note: text, an empty line, signature lines.")
        signature = unbase64(parts[2], "A signature of the checkpoint")
        if (parts[1], signature[:4]) == key[:2]:
            good = signed(key[2], text.encode(), signature[4:])
            insist(good, f"The signature of {key[0]} does not belong to this checkpoint.")
    insist(good, f"The checkpoint is not signed by the key given, {key[0]}.")
    size, root = [*text.split("\n"), "", ""][1:3]
    right = text == f"{key[0]}\n{size}\n{root}\n" and NUMBER.fullmatch(size)
    insist(right, f"What {key[0]} signed is not a checkpoint of its log.")
    return int(size), unbase64(root, "The checkpoint's root", 32)


# The tree: from a leaf, or from all rows, to the root (RFC 6962 section 2.1).
def climb(place: int, edge: int, seed: bytes, proof: Iterable[bytes]) -> tuple[bytes, bytes]:
    """Return the roots of the tree up to and over a subtree that is `place` of `edge` + 1 (RFC 9162 section 2.1)."""
    before = now = seed
    for step in proof:
        insist(edge, "The proof is too long.")
        if place & 1 or place == edge:
            before, now = sha256(b"\1", step, before), sha256(b"\1", step, now)
            while place and not place & 1:
                place, edge = place >> 1, edge >> 1
        else:
            now = sha256(b"\1", now, step)
        place, edge = place >> 1, edge >> 1
    insist(not edge, "The proof is too short.")
    return before, now


class Walk:
    """Goes through the tree once: takes a row where there is one, and a hash of the proof where there is none."""

    def __init__(self, rows: Iterator[Row], proof: Iterator[bytes]) -> None:
        self.rows, self.proof, self.count = rows, proof, 0
        self.waiting = next(rows, None)

    def root(self, first: int, last: int) -> bytes:
        if self.waiting is None or self.waiting[0] >= last:
            if found := next(self.proof, None):
                return found
            raise Fault(f"The proof has no hash for the entries from {first} to {last - 1}.")
        if last - first == 1:
            index, leaf = self.waiting
            if index != first:
                raise Fault(f"Index {index} is out of order.")
            self.waiting, self.count = next(self.rows, None), self.count + 1
            return leaf
        middle = first + (1 << (last - first - 1).bit_length() - 1)
        return sha256(b"\1", self.root(first, middle), self.root(middle, last))

    def whole(self, size: int) -> bytes:
        found = self.root(0, size) if size else sha256()
        index, _ = self.waiting or (-1, b"")
        insist(not self.waiting, f"Index {index} is out of order, or beyond the log's {size} entries.")
        insist(next(self.proof, None) is None, "The proof holds more hashes than the rows need.")
        return found


def need(value: Any, kind: type, what: str) -> Any:
    insist(type(value) is kind, f"{what} is missing, or not what it should be.")
    return value


# The rows: what a file of each format says of its entries.
def read_json(content: bytes | str, what: str) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        insist(len(dict(pairs)) == len(pairs), f"A key stands twice in an object of {what}.")
        return dict(pairs)

    try:
        read: dict[str, Any] = need(json.loads(content, object_pairs_hook=once), dict, what)
    except (ValueError, RecursionError):
        raise Fault(f"What should be {what} is not JSON.") from None
    return read


def read_jsonl(path: Path) -> Iterator[Read]:
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), 1):
            if not (found := JSONL.fullmatch(line)):
                raise Fault(f"Line {number} is not a row of an export.")
            yield int(found[2]), sha256(b"\0", found[1]), found[1]


def read_csv(path: Path) -> Iterator[Read]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, strict=True)
        head = next(rows, [])
        right = len(set(head)) == len(head) and {"index", "entry"} <= set(head)
        insist(right, "The first line does not name the columns index and entry, each once.")
        for number, cells in enumerate(rows, 2):
            row = dict(zip(head, cells, strict=False))
            if len(cells) != len(head) or not NUMBER.fullmatch(row["index"]):
                raise Fault(f"Row {number} has not a cell for each column, or no index.")
            index, entry = row.pop("index"), row.pop("entry")
            told = read_json(entry, f"the entry of row {number}, index {index}")
            facts = told.get("facts")
            told = {**facts, **told} if isinstance(facts, dict) else told
            leaf = sha256(b"\0", entry.encode())
            insist(
                row.pop("leaf", leaf.hex()) == leaf.hex(), f"Index {index}: the leaf is not the entry's hash."
            )
            for column, cell in row.items():
                if not says(cell, told.get(column)):
                    raise Fault(f"Row {number}, index {index}: {column!a} is not what the entry says.")
            yield int(index), leaf, entry.encode()


def says(cell: str, value: Any) -> bool:
    """Say whether a cell repeats a value of the entry: a list as words, an apostrophe before what starts a formula."""
    cell = cell[1:] if cell[:1] == "'" and FORMULA.match(cell[1:]) else cell
    if isinstance(value, list):
        return re.findall(r"[^ ,;|]+", cell) == [str(one) for one in value]
    plain = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return cell == ("" if value is None else plain)


def read_fhir(path: Path) -> Iterator[Read]:
    bundle = read_json(path.read_bytes(), "the bundle")
    for number, one in enumerate(need(bundle.get("entry", []), list, "The bundle's list of entries")):
        try:
            given = {part["url"].rpartition("/")[2]: part for part in one["resource"]["extension"]}
            index = int(given["index"].get("valueInteger64", given["index"].get("valueString")))
            entry = unbase64(given["entry"]["valueBase64Binary"], f"The log entry of resource {number}")
        except (AttributeError, KeyError, TypeError, ValueError):
            raise Fault(f"Resource {number} of the bundle does not carry its log entry and index.") from None
        yield index, sha256(b"\0", entry), entry


def fits(told: dict[str, Any], name: str, wanted: Any) -> bool:
    if name in {"since", "until"}:
        return bool((told["at"] >= wanted) == (name == "since"))
    if name in {"subjects", "kinds"}:
        return told[name[:-1]] in need(wanted, list, f"The filter {name!r} in the manifest")
    if name == "data_type":
        return wanted in told.get("types", [])
    return bool((str(told["facts"].get("reason", "")) if name == "reason" else told.get(name, "")) == wanted)


def meant(rows: Iterator[Read], filters: dict[str, Any], unfit: list[str]) -> Iterator[Row]:
    """Yield the rows, and say of the first that the manifest's filters do not mean: no export passes for another."""
    insist(set(filters) <= FILTERS, "The manifest tells of filters that this program does not know.")
    for index, leaf, entry in rows:
        try:
            told = json.loads(entry) if filters and not unfit else {}
            wrong = [name for name, wanted in filters.items() if not unfit and not fits(told, name, wanted)]
        except (AttributeError, KeyError, TypeError, ValueError):
            wrong = list(filters)
        if wrong:
            unfit.append(f"Index {index} does not fit the manifest's filters: {', '.join(wrong)}.")
        yield index, leaf


READERS = {"jsonl": read_jsonl, "csv": read_csv, "fhir": read_fhir}


# The manifest: its hashes, its folder, and the log's own entry about the export.
def hashes(manifest: dict[str, Any], name: str, folder: Path) -> Iterator[bytes]:
    """Yield the hashes of a list in the manifest, or of the file that `<name>_file` names beside it, one a line."""
    beside = manifest.get(f"{name}_file")
    if beside is None:
        for one in need(manifest.get(name), list, f"The list of hashes {name!r}"):
            yield unbase64(one, f"A hash of {name!r}", 32)
    else:
        insist(Path(str(beside)).name == beside, f"The file of {name!r} does not lie beside the manifest.")
        with (folder / beside).open(encoding="ascii") as file:
            for line in file:
                yield unbase64(line.rstrip("\n"), f"A hash of {name!r}", 32)


def compared(rows: Iterator[Row], leaves: Iterator[bytes]) -> Iterator[Row]:
    """Yield the rows while they are those that were exported: this names a changed row, the root alone would not."""
    for row, leaf in zip_longest(rows, leaves):
        if row is None or row[1] != leaf:
            raise Fault("Rows are missing." if row is None else f"Index {row[0]}: the entry was changed.")
        yield row


def hashed(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for part in iter(lambda: file.read(1 << 20), b""):
            digest.update(part)
    return digest.hexdigest()


def whole(sums: Path) -> None:
    """Hold the files of a folder against the list of their hashes in it: none is changed, missing or added."""
    listed = {}
    for number, line in enumerate(sums.read_text(encoding="ascii").splitlines(), 1):
        if not (found := SUM.fullmatch(line)) or found[2].startswith("."):
            raise Fault(f"Line {number} of the list is not the hash of a file in the folder.")
        listed[found[2]] = found[1]
    others = [
        path for path in sums.parent.rglob("*") if path != sums and (path.is_symlink() or not path.is_dir())
    ]
    there = {path.relative_to(sums.parent).as_posix() for path in others}
    insist(not there - set(listed), f"The list does not name {min(there - set(listed), default='')!a}.")
    insist(not set(listed) - there, f"{min(set(listed) - there, default='')!a} of the list is missing.")
    for name, digest in listed.items():
        insist(hashed(sums.parent / name) == digest, f"{name!a} was changed: its SHA-256 is another.")


def recorded(manifest: dict[str, Any], given: dict[str, Any], digest: str, size: int, key: Key) -> str:
    """Return where the log's own entry about an export stands, if it tells of this file with this manifest."""
    index, covered = included(given, key)
    told = read_json(given["entry"], "the entry about the export")
    facts, filters = told.get("facts"), dict(need(manifest.get("filters"), dict, "The list of filters"))
    right = told.get("kind") == "audit.exported" and manifest.get("event", told.get("id")) == told.get("id")
    if not right or not isinstance(facts, dict):
        raise Fault("The entry whose proof is given is not the one about this export.")
    insist(
        facts.get("sha256") == digest,
        "The file is not the one that the log recorded: its SHA-256 is another.",
    )
    if "subjects_sha256" in facts:
        names = [
            need(one, str, "A pseudonym")
            for one in need(filters.get("subjects"), list, "The filter 'subjects'")
        ]
        same = sha256("\n".join(names).encode()).hex() == facts["subjects_sha256"]
        insist(same, "The pseudonyms in the manifest are not those that the log recorded.")
        filters["subjects"] = len(names)
    said = {
        "format": manifest.get("format"),
        "rows": manifest.get("rows"),
        "filters": filters,
        "checkpoint": size,
    }
    for name, value in said.items():
        same = json.dumps(value, sort_keys=True) == json.dumps(facts.get(name), sort_keys=True)
        insist(same, f"What the manifest says of its {name} is not what the log recorded.")
    insist(
        manifest.get("by_day") or not facts.get("by_day"), "The manifest does not say that this is a folder."
    )
    return f"at index {index}, under its checkpoint of {covered} entries"


# The three checks: what each prints when all holds.
def check_export(args: argparse.Namespace, key: Key) -> str:
    manifest, folder = read_json(args.manifest.read_bytes(), "the manifest"), args.manifest.parent
    size, root = opened(manifest.get("checkpoint"), key)
    form = need(manifest.get("format"), str, "The format in the manifest")
    insist(manifest.get("kind") == "ringfence.export.v1", "This is not the manifest of an export.")
    insist(form in READERS or form in {"parquet", "pdf"}, f"There is no format {form!a} of an export.")
    if form in READERS:
        check_rows(args.file, form, manifest, folder, size, root)
    digest = hashed(args.file)
    same = digest == manifest.get("sha256")
    insist(same, "The file is not the one that the manifest describes: its SHA-256 is another.")
    if manifest.get("by_day"):
        whole(args.file)
    given = manifest.get("event_proof")
    if args.event_proof:
        given = read_json(args.event_proof.read_bytes(), "the proof of the entry")
    place = (
        recorded(manifest, need(given, dict, "The proof of the entry"), digest, size, key) if given else ""
    )
    return said_of_export(manifest, form, size, key[0], place)


def check_rows(file: Path, form: str, manifest: dict[str, Any], folder: Path, size: int, root: bytes) -> None:
    filters = need(manifest.get("filters"), dict, "The list of filters in the manifest")
    unfit: list[str] = []
    rows = meant(READERS[form](file), filters, unfit)
    if {"leaves", "leaves_file"} & set(manifest):
        rows = compared(rows, hashes(manifest, "leaves", folder))
    walk = Walk(rows, hashes(manifest, "proof", folder))
    insist(walk.whole(size) == root, "The rows do not lead to the checkpoint's root: some were changed.")
    insist(walk.count == manifest.get("rows"), f"There are {walk.count} rows; the manifest says otherwise.")
    insist(not unfit, "".join(unfit))


def said_of_export(manifest: dict[str, Any], form: str, size: int, log: str, place: str) -> str:
    rows, filters = manifest.get("rows"), json.dumps(manifest.get("filters"))
    if form in READERS:
        also = (
            " Not checked: what the bundle says beside the entries that it carries." if form == "fhir" else ""
        )
        bound = (
            f""" {log} recorded this very file {place}, with these filters and this number of rows: that there
are no more is its own signed word."""
            if place
            else ""
        )
        return f"""Verified: all {rows} rows stand in the log {log} under its checkpoint of {size} entries.{bound}{also}
Not shown by any proof: that no other entry of the log fits the filters {filters}."""
    unread = f"the rows, which this program cannot read in format {form!a}; take csv, jsonl or fhir for that."
    if place:
        return f"""Verified: this is the very file that {log} recorded as an export of {rows} rows with the filters
{filters}: the entry stands {place}. Not checked: {unread}"""
    return f"""{PARTLY} {log} signed the checkpoint, and the file has the manifest's SHA-256, which nobody signed.
Give the proof of the log's entry about this export with --event-proof: the manifest names the event, and whoever made
the export has its proof from `manage.py audit prove`. Not checked: {unread}"""


def check_proof(args: argparse.Namespace, key: Key) -> str:
    given = read_json(args.file.read_bytes(), "the file")
    if given.get("kind") == "ringfence.inclusion.v1" and set(given) == INCLUSION:
        index, size = included(given, key)
        return f"Verified: the entry stands at index {index} of {key[0]}, under its checkpoint of {size} entries."
    right = given.get("kind") == "ringfence.consistency.v1" and set(given) == {"kind", "old", "new", "proof"}
    insist(right, "This is neither a receipt nor a consistency proof, or keys are missing or unknown.")
    proof = list(hashes(given, "proof", args.file.parent))
    (old, before), (new, now) = opened(given["old"], key), opened(given["new"], key)
    shown = consistent(old, before, new, now, proof)
    insist(shown, f"The {old} entries are not shown to begin the log of {new}: history was rewritten.")
    return f"Verified: the {old} entries of {key[0]} are the beginning of its {new} entries, unchanged."


def included(given: dict[str, Any], key: Key) -> tuple[int, int]:
    """Return the index of an entry and the size of the checkpoint under which its proof shows it to stand."""
    right = given.get("kind") == "ringfence.inclusion.v1" and set(given) == INCLUSION
    insist(right, "This is not the proof of an entry, or keys are missing or unknown.")
    size, root = opened(given["checkpoint"], key)
    index, entry = need(given["index"], int, "The index"), need(given["entry"], str, "The entry")
    proof = hashes(given, "proof", Path())
    right = 0 <= index < size and climb(index, size - 1, sha256(b"\0", entry.encode()), proof)[1] == root
    insist(right, f"This entry does not stand at index {index} of the log, or the proof was changed.")
    return index, size


def consistent(old: int, before: bytes, new: int, now: bytes, proof: list[bytes]) -> bool:
    if old == new or not old:
        return not proof and before == (now if old == new else sha256())
    place, edge, seeds = old - 1, new - 1, proof if old & old - 1 else [before, *proof]
    while place & 1:
        place, edge = place >> 1, edge >> 1
    return old < new and bool(seeds) and climb(place, edge, seeds[0], seeds[1:]) == (before, now)


def check_checkpoint(args: argparse.Namespace, key: Key) -> str:
    size, root = opened(args.file.read_bytes().decode(), key)
    return f"Verified: {key[0]} signed that it has {size} entries under the root {b64encode(root).decode()}."


def main() -> int:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    commands = parser.add_subparsers(required=True)
    checks = {"checkpoint": check_checkpoint, "proof": check_proof, "export": check_export}
    for name, check in checks.items():
        command = commands.add_parser(name, allow_abbrev=False)
        command.add_argument("file", type=Path)
        keys = command.add_mutually_exclusive_group(required=True)
        keys.add_argument("--key")
        keys.add_argument("--key-file", type=Path)
        command.set_defaults(check=check)
    command.add_argument("--manifest", type=Path, required=True)
    command.add_argument("--event-proof", type=Path)
    args = parser.parse_args()
    try:
        key = trusted(args.key or args.key_file.read_text().strip())
    except (Fault, OSError, ValueError) as wrong:
        parser.error(str(wrong))
    try:
        said = args.check(args, key)
        code = 3 if said.startswith(PARTLY) else 0
    except Fault as fault:
        said, code = f"Not verified. {fault}", 1
    except (OSError, ValueError, RecursionError, csv.Error) as broken:
        said, code = f"Not verified. The files cannot be read: {broken!a}", 1
    (sys.stderr if code == 1 else sys.stdout).write(said.replace("\n", " ") + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
