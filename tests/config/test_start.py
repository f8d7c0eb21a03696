"""What start-up refuses, and that it says so in one sentence (CONTRACT; SR-3.7, 6.3, 7.7)."""

import socket
from pathlib import Path

import pytest

from config.management.commands import up
from tests.config.start import GOOD_KEYS, GOOD_SECRET, PRODUCTION, manage, sentence

pytestmark = pytest.mark.once


def test_a_port_in_use_is_named_and_another_one_proposed(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = sentence(manage("up", var=tmp_path, DEMO="1", PORT=str(port)))
    assert said == f"Port {port} is in use. Choose another: make run PORT={port + 1}"


@pytest.mark.parametrize("port", ["0", "-1", "65536"])
def test_a_port_that_no_machine_has_is_one_sentence(tmp_path: Path, port: str):
    said = sentence(manage("up", var=tmp_path, DEMO="1", PORT=port))
    assert said == f"PORT is {port}. Write a number from 1 to 65535."


@pytest.mark.parametrize("keys", [{}, {"SECRET_KEY": GOOD_SECRET, "RINGFENCE_MASTER_KEYS": GOOD_KEYS}])
def test_a_folder_that_cannot_be_written_to_is_one_sentence(tmp_path: Path, keys: dict[str, str]):
    taken = tmp_path / "var"
    taken.write_text("a file, no folder")
    said = sentence(manage("up", var=taken, DEMO="1", PORT="8765", **keys))
    assert said.startswith(f"Nothing can be written to {taken}")
    assert "RINGFENCE_VAR" in said


def test_a_database_that_does_not_answer_is_one_sentence_without_its_password(tmp_path: Path):
    address = "postgresql://someone:hunter2hunter2@127.0.0.1:9/nothing"
    said = sentence(manage("up", var=tmp_path, DEMO="1", PORT="8765", DATABASE_URL=address))
    assert said.startswith("The database of DATABASE_URL does not answer.")
    assert "hunter2" not in said


@pytest.mark.parametrize(
    ("vendor", "old", "new"), [("postgresql", (14, 9), (15, 0)), ("sqlite", (3, 34, 1), (3, 35, 0))]
)
def test_a_database_that_is_too_old_is_named_with_what_is_needed(
    vendor: str, old: tuple[int, ...], new: tuple[int, ...]
):
    assert "PostgreSQL 15 or newer" in str(up.too_old(vendor, old))
    assert up.too_old(vendor, new) is None


@pytest.mark.parametrize("address", ["nonsense", "mysql://a:b@127.0.0.1/c"])
def test_a_database_address_of_another_kind_is_refused(tmp_path: Path, address: str):
    assert "DATABASE_URL" in sentence(manage("check", var=tmp_path, DEMO="1", DATABASE_URL=address))


@pytest.mark.parametrize(
    "names",
    [{"ALLOWED_HOSTS": "127.0.0.1,ringfence.example"}, {"RINGFENCE_BASE_URL": "https://ringfence.example"}],
)
def test_the_demo_world_does_not_start_on_a_public_host(tmp_path: Path, names: dict[str, str]):  # SR-3.7
    assert sentence(manage("check", var=tmp_path, DEMO="1", **names)).startswith("DEMO=1 is refused")


def test_debug_pages_are_refused_in_production(tmp_path: Path):  # SR-6.3
    assert "DEBUG" in sentence(manage("check", var=tmp_path, **PRODUCTION, DEBUG="1"))


def test_calls_to_this_machine_are_refused_outside_the_demo(tmp_path: Path):  # SR-7.7
    said = sentence(manage("check", var=tmp_path, **PRODUCTION, EGRESS_LOOPBACK_PORTS="8000"))
    assert said.startswith("EGRESS_LOOPBACK_PORTS is refused")


@pytest.mark.parametrize("key", ["short", "django-insecure-" + GOOD_SECRET, "a" * 80])
def test_a_weak_secret_key_is_refused(tmp_path: Path, key: str):  # SR-6.3
    said = sentence(manage("check", var=tmp_path, **{**PRODUCTION, "SECRET_KEY": key}))
    assert said.startswith("SECRET_KEY is too weak")
    assert key not in said


@pytest.mark.parametrize("missing", ["SECRET_KEY", "RINGFENCE_MASTER_KEYS"])
def test_production_does_not_start_without_its_keys(tmp_path: Path, missing: str):  # SR-6.3
    names = {name: value for name, value in PRODUCTION.items() if name != missing}
    assert f"Set {missing}" in sentence(manage("check", var=tmp_path, **names))


@pytest.mark.parametrize("keys", ["k1", "k1:AAAA", "k 1:" + "A" * 43 + "=", "k1:not base64!"])
def test_master_keys_that_cannot_be_read_are_refused_at_start(tmp_path: Path, keys: str):  # SR-6.3
    said = sentence(manage("check", var=tmp_path, **{**PRODUCTION, "RINGFENCE_MASTER_KEYS": keys}))
    assert said.startswith("RINGFENCE_MASTER_KEYS cannot be read")


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path):  # SR-6.3
    file = tmp_path / "secret"
    file.write_text(GOOD_SECRET)
    names = {name: value for name, value in PRODUCTION.items() if name != "SECRET_KEY"}
    file.chmod(0o644)
    assert "chmod 600" in sentence(manage("check", var=tmp_path, **names, SECRET_KEY_FILE=str(file)))
    file.chmod(0o600)
    assert manage("check", var=tmp_path, **names, SECRET_KEY_FILE=str(file)).returncode == 0


def test_keys_that_the_demo_world_made_are_its_own_and_unreadable_to_others(tmp_path: Path):  # SR-6.3
    assert manage("check", var=tmp_path, DEMO="1").returncode == 0
    made = sorted((tmp_path / "keys").iterdir())
    assert [(file.name, file.stat().st_mode & 0o777) for file in made] == [
        ("ringfence_log_key", 0o600),
        ("ringfence_master_keys", 0o600),
        ("secret_key", 0o600),
    ]
    assert "Set SECRET_KEY" in sentence(manage("check", var=tmp_path, ALLOWED_HOSTS="ringfence.example"))


def test_production_without_exact_host_names_does_not_start(tmp_path: Path):  # SR-4.6
    for hosts in ("", "*", ".ringfence.example"):
        assert "ALLOWED_HOSTS" in sentence(
            manage("check", var=tmp_path, **{**PRODUCTION, "ALLOWED_HOSTS": hosts})
        )


def test_the_production_profile_passes_djangos_own_deployment_checks(tmp_path: Path):  # SR-2.2
    done = manage("check", "--deploy", "--fail-level", "WARNING", var=tmp_path, **PRODUCTION)
    assert done.returncode == 0, done.stderr
