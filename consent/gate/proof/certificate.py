"""What comes of a proof: counts, the violation if any, and a certificate that says whose answers it is about."""

import hashlib
import json
import platform
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from consent.gate.proof.invariants import INVARIANTS

ROOT = Path(__file__).resolve().parents[3]
CODE = (
    "consent/gate",
    "consent/manifests",
    "consent/grants/facts.py",
    "consent/grants/lifecycle.py",
    "records/vocabulary",
)


@dataclass(frozen=True, slots=True)
class Violation:
    """The first case that broke an invariant, what the gate answered and what was due."""

    invariant: str
    case: Mapping[str, Any]
    reason: str
    due: str

    def as_json(self) -> str:
        return json.dumps(
            {
                "invariant": self.invariant,
                "means": INVARIANTS[self.invariant],
                "case": self.case,
                "reason": self.reason,
                "due": self.due,
            },
            sort_keys=True,
        )


@dataclass(slots=True)
class Proof:
    """How many cases were decided, how often each invariant was held against an answer, and what broke."""

    policy: str
    cases: int = 0
    permits: int = 0
    checked: Counter[str] = field(default_factory=Counter)
    violation: Violation | None = None

    def add(self, other: "Proof") -> None:
        self.cases, self.permits = self.cases + other.cases, self.permits + other.permits
        self.checked.update(other.checked)
        self.violation = self.violation or other.violation

    def certificate(self) -> dict[str, Any]:
        """Return the certificate as JSON has it."""
        return {
            "cases": self.cases,
            "permitted": self.permits,
            "invariants": {
                name: {"checked": self.checked[name], "means": said} for name, said in INVARIANTS.items()
            },
            "violations": int(self.violation is not None),
            "policy": self.policy,
            "code": digest_of_code(),
            "python": platform.python_version(),
        }

    def write(self, path: Path | str) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(json.dumps(self.certificate(), indent=2) + "\n")


def digest_of_code() -> str:
    """Return "sha256:…" over the files that decide."""
    digest = hashlib.sha256()
    for part in (ROOT / name for name in CODE):
        for path in sorted(part.rglob("*.py")) if part.is_dir() else [part]:
            digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return f"sha256:{digest.hexdigest()}"
