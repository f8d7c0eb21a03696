"""The walls of the house hold: each contract breaks, and it alone, when somebody walks through its wall (DESIGN)."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.once
ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("audit", "config", "consent", "integrations", "records")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

# What somebody might write one day: file, line, and the contract that says no.
PLANTED = [
    ("records/members/pairwise.py", "from consent.grants import ports", "wings"),
    ("records/members/pairwise.py", "import audit.log.apps", "wings"),
    ("audit/log/apps.py", "import records.members.apps", "wings"),
    ("consent/web/apps.py", "import integrations.egress", "wings"),
    ("records/members/pairwise.py", "import records.vocabulary.data_types", "floors-of-records"),
    ("records/drawer.py", "", "floors-of-records"),  # a new room must find its floor
    ("audit/drawer.py", "", "floors-of-audit"),
    ("consent/drawer.py", "", "floors-of-consent"),
    ("consent/grants/apps.py", "import consent.web.apps", "floors-of-consent"),
    ("consent/gate/apps.py", "import consent.web.apps", "floors-of-consent"),
    ("integrations/drawer.py", "", "floors-of-integrations"),
    ("integrations/connectors/apps.py", "import integrations.deliveries.apps", "floors-of-integrations"),
    ("integrations/strava/apps.py", "import integrations.deliveries.apps", "floors-of-integrations"),
    ("integrations/deliveries/apps.py", "import integrations.strava.apps", "partners-through-the-registry"),
    ("integrations/deliveries/apps.py", "import records.selectors", "only-the-door"),
    ("consent/grants/apps.py", "import records.models", "only-the-door"),
    ("consent/gate/rules.py", "import django", "core-without-framework"),
    ("records/vocabulary/data_types.py", "from django.utils import timezone", "core-without-framework"),
    ("integrations/strava/manifest.py", "from django.conf import settings", "core-without-framework"),
    ("integrations/strava/wire.py", "import celery", "core-without-framework"),
    ("audit/log/chain.py", "from django.db import models", "core-without-framework"),
    ("integrations/strava/connector.py", "import httpx", "one-door-to-the-network"),
    ("consent/web/apps.py", "import requests", "one-door-to-the-network"),
    ("integrations/simulators/apps.py", "import consent.grants.models", "simulators-know-nothing"),
]


def broken(house: Path) -> set[str]:
    """Run import-linter on the house at `house` and return the ids of the contracts it reports broken."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"],
        cwd=house,
        capture_output=True,
        text=True,
        check=False,
    )
    ids = {contract["name"]: contract["id"] for contract in CONTRACTS}
    said = re.findall(r"^(.+) BROKEN(?: \(.*\))?$", done.stdout, re.MULTILINE)
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    assert bool(said) == bool(done.returncode), done.stdout
    return {ids[name] for name in said}


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house to plant faults in."""
    house = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, house / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", house)
    return house


def test_the_house_keeps_all_its_contracts():
    assert broken(ROOT) == set()


@pytest.mark.parametrize(("path", "line", "contract"), PLANTED)
def test_walking_through_a_wall_breaks_that_wall_alone(copied: Path, path: str, line: str, contract: str):
    room = copied / path
    before = room.read_text() if room.exists() else None
    try:
        room.write_text(f"{before or ''}\n{line}\n")
        assert broken(copied) == {contract}
    finally:
        room.unlink() if before is None else room.write_text(before)


def test_every_contract_has_a_fault_that_breaks_it():
    assert {contract for *_, contract in PLANTED} == {contract["id"] for contract in CONTRACTS}


def test_every_partner_is_behind_the_registry_and_on_the_partners_floor():
    """A new partner's folder is one word in two contracts; forgetting it would leave its door open."""
    partners = {manifest.parent.name for manifest in (ROOT / "integrations").glob("*/manifest.py")}
    by_id = {contract["id"]: contract for contract in CONTRACTS}
    protected = {
        module.rsplit(".", 1)[1] for module in by_id["partners-through-the-registry"]["protected_modules"]
    }
    floors = [
        {word.strip() for word in floor.split("|")} for floor in by_id["floors-of-integrations"]["layers"]
    ]
    assert partners == protected
    assert partners in floors


@pytest.mark.parametrize(
    "line",
    ["import socket", "import urllib.request", "from urllib.request import urlopen", "import http.client"],
)
def test_the_standard_librarys_own_clients_are_refused_as_well(line: str):
    """import-linter sees `urllib` as one; ruff tells `urllib.request` from `urllib.parse`."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "ruff",
            "check",
            "--select",
            "TID251",
            "--stdin-filename",
            "consent/web/words.py",
            "-",
        ],
        cwd=ROOT,
        input=line + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "integrations.egress" in done.stdout
