"""What the house promises about its own files (STYLE): short, host-free, and at home on any machine."""

import re
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.once
ROOT = Path(__file__).resolve().parents[2]
LONGEST = {".py": 300, ".html": 300, ".md": 600, ".css": 600, ".js": 300, ".toml": 400}
# Whoever checks us from outside carries one file and nothing else (SR-8.5).
ALONE = {"audit/outside/verify_ringfence.py": 490}
FIRST_MIGRATION = re.compile(r"/migrations/0001_")  # written by a machine from the models
# In two pieces each, so that this file does not name what it looks for.
REGISTRIES = re.compile(
    "|".join(["pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npmjs", "npm" + "js.com"])
)
MACHINES = re.compile(
    "|".join(["/ho" + r"me/\w", "/wo" + r"rk/\w", "/ro" + r"ot/\w", "/Us" + r"ers/\w", r"\.\./sha" + "red"])
)


def tracked() -> list[Path]:
    """The files that a clone would hold: committed, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def texts() -> list[tuple[str, str]]:
    found = []
    for path in tracked():
        try:
            found.append((str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue  # a picture or a font
    assert len(found) > 100
    return found


def test_no_file_is_too_long_to_read():
    long = {
        name: text.count("\n")
        for name, text in texts()
        if text.count("\n") > ALONE.get(name, LONGEST.get(Path(name).suffix, 100_000))
        and not FIRST_MIGRATION.search(name)
    }
    assert long == {}


def test_no_file_names_a_package_registry():
    assert [name for name, text in texts() if REGISTRIES.search(text)] == []


def test_no_file_knows_the_machine_it_was_written_on():
    assert [name for name, text in texts() if MACHINES.search(text)] == []


def test_every_requirement_is_pinned_by_hash():  # SR-6.4
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text().replace("\\\n", "").splitlines()
        pinned = [line for line in lines if line and not line.lstrip().startswith("#")]
        assert pinned
        assert [line for line in pinned if "==" not in line or "--hash=sha256:" not in line] == []


@pytest.mark.parametrize("word", ["NotImplemented" + 'Error("', "TO" + "DO", "FIX" + "ME"])
def test_nothing_is_left_for_later(word: str):
    assert [name for name, text in texts() if name.endswith((".py", ".html")) and word in text] == []
