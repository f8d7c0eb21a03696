"""Plant each mutant in a copy of the tree and run the gate's fast tests against it. All must die.

`python -m tests.mutants [NAME…]` runs all, or those whose name has one of the words in it; exit 1 when one survives,
cannot be planted any more, or does not even load. The tree itself is never touched.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from tests.mutants.catalogue import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("audit", "config", "consent", "integrations", "records", "tests", "manage.py", "pyproject.toml")
# The quickest to notice come first; a mutant dies at the first failure.
FAST = (
    "tests/consent/gate/test_decide.py",
    "tests/consent/gate/test_proof_canaries.py",
    "tests/consent/gate/test_proof_taint.py",
    "tests/consent/gate/oracle/test_reference.py",
    "tests/consent/gate/test_compiled.py",
    "tests/consent/gate/test_projectors.py",
    "tests/consent/gate/test_proof_abstraction.py",
    "tests/consent/manifests",
    "tests/consent/gate/test_proof.py::test_the_whole_space_is_walked_and_nothing_breaks",
)
SECONDS = 600
TURNS = 20


class Fate(NamedTuple):
    """What became of a mutant; `well` says whether that is as it should be."""

    mutant: Mutant
    word: str
    told: str = ""

    @property
    def well(self) -> bool:
        return self.word == "died"


def share_of(mutants: Sequence[Mutant], turn: int) -> list[Mutant]:
    """Return one of TURNS shares of the mutants; so many turns in a row see each once."""
    return list(mutants[turn % TURNS :: TURNS])


def fates(mutants: Iterable[Mutant], *, jobs: int = 2, tests: Sequence[str] = FAST) -> Iterator[Fate]:
    """Yield what became of each mutant, in copies of the tree that are thrown away, by these tests."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as there, ThreadPoolExecutor(jobs) as workers:
        trees: SimpleQueue[Path] = SimpleQueue()
        for number in range(jobs):
            trees.put(copied(Path(there) / str(number)))
        yield from workers.map(lambda mutant: _fate(mutant, trees, tests), mutants)


def copied(tree: Path) -> Path:
    """Copy what the fast tests need, without compiled files: a stale one would hide a mutant."""
    tree.mkdir(parents=True)
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / part, tree / part)
    return tree


def _fate(mutant: Mutant, trees: "SimpleQueue[Path]", tests: Sequence[str]) -> Fate:
    tree = trees.get()
    path = tree / mutant.file
    sound = path.read_text()
    try:
        if sound.count(mutant.old) != 1:
            return Fate(mutant, "moved", f"its text stands {sound.count(mutant.old)} times in {mutant.file}")
        path.write_text(sound.replace(mutant.old, mutant.new))
        return Fate(mutant, *tested(tree, tests))
    finally:
        path.write_text(sound)
        trees.put(tree)


def tested(tree: Path, tests: Sequence[str]) -> tuple[str, str]:
    """Run tests in a tree: "survived", "died", "stalled", or "stillborn" when it does not even load."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "RINGFENCE_"))
    }
    for name in ("DATABASE_URL", "CI"):
        kept.pop(name, None)
    own = {
        "TEST_SQLITE": str(tree / "test.sqlite3"),
        "RINGFENCE_VAR": str(tree / "var"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
    }
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
    try:
        ran = subprocess.run(
            command, cwd=tree, env=kept | own, capture_output=True, text=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return "stalled", f"no end within {SECONDS} s"
    word = {0: "survived", 1: "died"}.get(ran.returncode, "stillborn")
    last = [line for line in ran.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return word, (last[0] if last else ran.stdout[-2000:])[:300]


def main(words: Sequence[str]) -> int:
    chosen = [mutant for mutant in MUTANTS if not words or any(word in mutant.name for word in words)]
    unwell = 0
    for fate in fates(chosen, jobs=os.cpu_count() or 1):
        unwell += not fate.well
        print(f"{fate.word:9} {fate.mutant.name}  [{fate.told}]", flush=True)  # noqa: T201
    print(f"{len(chosen)} mutants, {len(chosen) - unwell} died, {unwell} did not.")  # noqa: T201
    return 1 if unwell else 0
