"""The simulated partners' store holds under threads and processes at once."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from integrations.simulators.store import things

ADD = """
import sys
from django.conf import settings
settings.configure(SIMULATOR_STORE=sys.argv[1])
from integrations.simulators.store import things
for number in range(25):
    with things() as store:
        row = store.every("sum")
        store.drop("sum")
        store.add("sum", "", {"value": (row[0][1]["value"] if row else 0) + 1})
"""


def test_processes_that_start_at_once_on_no_file_lose_nothing(settings, tmp_path):
    settings.SIMULATOR_STORE = tmp_path / "new" / "store.sqlite3"
    command = [sys.executable, "-c", ADD, str(settings.SIMULATOR_STORE)]
    started = [subprocess.Popen(command) for _ in range(4)]
    assert [process.wait(60) for process in started] == [0] * 4
    with things() as store:
        assert [row["value"] for _, row in store.every("sum")] == [100]


def test_threads_lose_nothing_and_ids_never_come_back(settings, tmp_path):
    settings.SIMULATOR_STORE = tmp_path / "store.sqlite3"

    def add(number):
        with things() as store:
            return store.add("thing", "name", {"number": number})

    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(add, range(100)))
    with things() as store:
        assert {key for key, _ in store.named("thing", "name")} == set(keys)
        store.drop("thing")
    assert add(0) > max(keys)


def test_a_block_that_raises_leaves_nothing(settings, tmp_path):
    settings.SIMULATOR_STORE = tmp_path / "store.sqlite3"
    with pytest.raises(ZeroDivisionError), things() as store:
        store.add("thing", "name", {"number": 1 / 0 if store.add("thing", "name", {}) else 0})
    with things() as store:
        assert store.every("thing") == []
