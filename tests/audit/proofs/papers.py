"""A small log and the papers that an outsider is handed: receipt, consistency proof, exports with their manifests."""

import base64
import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.log.chain import canonical, leaf_hash
from audit.proofs import tree
from audit.proofs.multiproof import multiproof
from audit.proofs.notes import Checkpoint, Verifier
from tests.audit.proofs.trees import InMemory

ORIGIN = "ringfence.example/audit/1"
KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([one]) * 32) for one in (1, 2))
VKEY, STRANGER = Verifier.of(ORIGIN, KEY).vkey, Verifier.of(ORIGIN, OTHER).vkey
SIZE = 40
PARTNERS = ("strava", "sahha", "clue")


def entry(number: int) -> dict[str, Any]:
    return {
        "v": 1,
        "id": f"00000000-0000-4000-8000-{number:012d}",
        "at": f"2026-11-20T12:00:{number:02d}.000000Z",
        "kind": "disclosure.made",
        "actor": "gate",
        "subject": f"pseudonym é {number}",
        "partner": PARTNERS[number % 3],
        "types": ["sleep", "workout"],
        "outcome": "permit",
        "facts": {"reason": "=1+1"},
    }


ENTRIES = [canonical(entry(number)) for number in range(SIZE)]
MEMORY = InMemory([leaf_hash(one) for one in ENTRIES])
STRAVA = [number for number in range(SIZE) if number % 3 == 0]


def b64(*hashes: bytes) -> list[str]:
    return [base64.b64encode(one).decode() for one in hashes]


def note(size: int = SIZE, key: Ed25519PrivateKey = KEY) -> str:
    return Checkpoint(ORIGIN, size, tree.root(size, MEMORY)).signed(key)


def receipt(index: int = 13, size: int = SIZE) -> dict[str, Any]:
    return {
        "kind": "ringfence.inclusion.v1",
        "entry": ENTRIES[index].decode(),
        "index": index,
        "checkpoint": note(size),
        "proof": b64(*tree.inclusion_proof(index, size, MEMORY)),
    }


def consistency(old: int = 13, new: int = SIZE) -> dict[str, Any]:
    proof = b64(*tree.consistency_proof(old, new, MEMORY))
    return {"kind": "ringfence.consistency.v1", "old": note(old), "new": note(new), "proof": proof}


def as_jsonl(indexes: list[int]) -> bytes:
    return b"".join(b'{"entry":%s,"index":%d}\n' % (ENTRIES[index], index) for index in indexes)


def as_csv(indexes: list[int]) -> bytes:
    told = io.StringIO(newline="")
    out = csv.writer(told, quoting=csv.QUOTE_ALL)
    columns = ("id", "at", "kind", "subject", "partner")
    out.writerow(["index", *columns, "outcome", "types", "reason", "entry"])
    for index in indexes:
        one = entry(index)
        out.writerow(
            [
                index,
                *(one[column] for column in columns),
                one["outcome"],
                f" {' '.join(one['types'])} ",
                "'" + one["facts"]["reason"],
                ENTRIES[index].decode(),
            ]
        )
    return told.getvalue().encode()


def as_fhir(indexes: list[int]) -> bytes:
    url = "https://ringfence.example/fhir/StructureDefinition/"
    return json.dumps(
        {
            "resourceType": "Bundle",
            "entry": [
                {
                    "resource": {
                        "resourceType": "AuditEvent",
                        "extension": [
                            {"url": url + "entry", "valueBase64Binary": b64(ENTRIES[index])[0]},
                            {"url": url + "index", "valueString": str(index)},
                        ],
                    }
                }
                for index in indexes
            ],
        }
    ).encode()


WRITERS = {"jsonl": as_jsonl, "csv": as_csv, "fhir": as_fhir}


def manifest(form: str, content: bytes, indexes: list[int]) -> dict[str, Any]:
    runs = [(index, index + 1) for index in indexes]
    return {
        "kind": "ringfence.export.v1",
        "format": form,
        "file": f"export.{form}",
        "sha256": hashlib.sha256(content).hexdigest(),
        "rows": len(indexes),
        "filters": {"partner": "strava"} if set(indexes) <= set(STRAVA) else {},
        "checkpoint": note(),
        "key": VKEY,
        "proof": b64(*multiproof(SIZE, runs, MEMORY)),
    }


def written(folder: Path, name: str, content: bytes | dict[str, Any]) -> Path:
    path = folder / name
    path.write_bytes(
        content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    )
    return path
