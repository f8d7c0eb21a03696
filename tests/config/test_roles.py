"""Each role of the database may do its own work and nothing else, whatever the application believes (SR-8.4)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import ProgrammingError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from audit.exports import services as exports
from audit.exports.models import Export, State
from audit.log import partitions
from audit.log.filters import Filters
from audit.log.models import Entry, Tally, Waiting
from audit.proofs import sequencer, verification
from audit.proofs.models import Checkpoint, Leaf
from config import roles
from integrations.privacy.erasing import erase
from records.members.models import Member
from tests.audit.web.conftest import happened
from tests.factories import make_grant, make_member

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
PREFIX = f"t{os.getpid()}"  # roles are the server's, not the database's: tests run beside one another
LOG_TABLES = (
    "audit_log_entry", "audit_log_waiting", "audit_log_tally", "audit_proofs_leaf", "audit_proofs_tile",
    "audit_proofs_head", "audit_proofs_checkpoint",
)  # fmt: skip


@pytest.fixture(autouse=True)
def given(db) -> None:
    """The roles as `manage.py roles` prints them, in the test's own transaction."""
    with connection.cursor() as cursor:
        for statement in roles.statements(PREFIX):
            cursor.execute(statement)


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {PREFIX}_{role}")
        yield
        cursor.execute("RESET ROLE")


def refused(role: str, statement: str) -> bool:
    """Whether the database refuses it for want of rights, and not for another reason."""
    with acting_as(role):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        except ProgrammingError as refusal:
            return getattr(refusal.__cause__, "sqlstate", "") == "42501"
    return False


def in_the_tree() -> None:
    happened()
    while sequencer.run():
        pass


CHANGES = (
    "UPDATE {} SET {} = {}",
    "DELETE FROM {}",
    "TRUNCATE {}",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "DROP TABLE {}",
)


# SR-8.4
@pytest.mark.parametrize("table", LOG_TABLES)
@pytest.mark.parametrize(
    "act",
    [
        "UPDATE {} SET {} = {}",
        "DELETE FROM {}",
        "TRUNCATE {}",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "DROP TABLE {}",
    ],
)
def test_the_app_changes_nothing_in_the_log_and_lifts_no_trigger(table: str, act: str) -> None:
    in_the_tree()
    key = {"audit_log_waiting": "entry", "audit_proofs_leaf": "entry", "audit_proofs_head": "log"}.get(
        table, "id"
    )

    assert refused("app", act.format(table, key, key))


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_log_waiting (entry) VALUES (7)",
        "INSERT INTO audit_proofs_checkpoint (size, root, note, at) VALUES (9, '', '', now())",
        "INSERT INTO audit_proofs_leaf (index, entry, at) VALUES (9, 9, now())",
        "CREATE TABLE beside (id int)",
        "CREATE TEMPORARY TABLE audit_log_waiting (entry bigint)",
        "DROP TRIGGER audit_log_entry_stands_in_line ON audit_log_entry",
        "ALTER FUNCTION audit_log_stand_in_line() RENAME TO gone",
        "SET session_replication_role TO replica",
        "DELETE FROM django_migrations",
    ],
)
def test_the_app_makes_no_tree_no_table_and_no_trigger(statement: str) -> None:
    assert refused("app", statement)


def test_the_app_does_not_reach_the_log_through_one_of_its_months() -> None:
    month = f"audit_log_entry_{timezone.now():%Y_%m}"

    assert refused("app", f"SELECT id FROM {month}")
    assert refused("app", f"DELETE FROM {month}")
    assert refused("app", f"INSERT INTO {month} SELECT * FROM audit_log_entry")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log_entry SET kind = ''",
        "DELETE FROM audit_log_entry",
        "INSERT INTO audit_log_entry SELECT * FROM audit_log_entry",
        "UPDATE audit_proofs_leaf SET entry = 1",
        "DELETE FROM audit_proofs_checkpoint",
        "TRUNCATE audit_log_waiting",
        "SELECT email FROM members_member",
        "SELECT * FROM records_document",
    ],
)
def test_the_sequencer_changes_no_entry_and_reads_nothing_about_members(statement: str) -> None:
    in_the_tree()

    assert refused("sequencer", statement.replace("members_member", Member._meta.db_table))


@pytest.mark.parametrize("role", ["reader", "backup"])
@pytest.mark.parametrize("table", LOG_TABLES)
def test_readers_and_backups_read_the_log_and_write_nothing(role: str, table: str) -> None:
    assert not refused(role, f"SELECT * FROM {table}")
    assert refused(role, f"DELETE FROM {table}")
    assert refused(role, f"TRUNCATE {table}")
    assert refused(role, "INSERT INTO audit_log_waiting (entry) VALUES (7)")


def test_a_reader_of_the_log_sees_no_member_and_a_backup_sees_every_table() -> None:
    others = [table for label, table in roles.tables().items() if label.split(".")[0] not in roles.SEEN]

    assert len(others) > 30
    assert all(refused("reader", f'SELECT 1 FROM "{table}"') for table in others)
    assert not any(refused("backup", f'SELECT 1 FROM "{table}"') for table in others)


def test_a_month_made_later_is_in_the_backup_and_not_in_the_apps_hands() -> None:
    with acting_as("app"), connection.cursor() as cursor:
        cursor.execute("SELECT audit_log_prepare_months('2031-05-01'::date, 1)")
        assert cursor.fetchone() == (1,)

    assert not refused("backup", "SELECT * FROM audit_log_entry_2031_05")
    assert refused("app", "DELETE FROM audit_log_entry_2031_05")


def test_a_temporary_table_in_the_way_keeps_no_entry_out_of_the_line() -> None:
    """Had the app the right to make one, the trigger would still put entries in the log's own line."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE audit_log_waiting (entry bigint)")
        cursor.execute(f"GRANT ALL ON pg_temp.audit_log_waiting TO {PREFIX}_app")
        with acting_as("app"):
            entry = happened()
        cursor.execute("SELECT count(*) FROM pg_temp.audit_log_waiting")
        assert cursor.fetchone() == (0,)
        cursor.execute("DROP TABLE pg_temp.audit_log_waiting")

    assert Waiting.objects.filter(entry=entry.id).exists()


def test_sharing_sequencing_checking_exporting_and_erasing_work_under_their_roles(
    tmp_path: Path, settings
) -> None:
    settings.VAR_DIR = tmp_path
    with acting_as("app"):
        member = make_member()
        make_grant(member)
        partitions.prepare_months()
    with acting_as("sequencer"):
        assert sequencer.run() > 0
    with acting_as("app"):
        assert verification.verify().ok
        asked = exports.request(filters=Filters(), format="jsonl", actor="operator", at=timezone.now())
        exports.run(asked.ref)
        erase(member_id=member.id, actor="operator", ticket="T-1")
    with acting_as("sequencer"):
        assert sequencer.run() > 0
    with acting_as("app"):
        assert verification.verify().ok

    assert Export.objects.get(ref=asked.ref).state == State.DONE
    assert not Member.objects.filter(pk=member.id).exists()
    assert Leaf.objects.count() == Entry.objects.count() - Waiting.objects.count()
    assert Checkpoint.objects.count() == 2
    assert sum(Tally.objects.values_list("count", flat=True)) == Leaf.objects.count()


def test_every_table_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relkind IN ('r', 'p') AND NOT relispartition"
        )
        there = {name for (name,) in cursor.fetchall()}

    assert there == {*roles.tables().values(), *roles.beside()}


def test_setting_the_roles_again_changes_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, relowner, relacl::text FROM pg_class ORDER BY relname")
        before = cursor.fetchall()
        for statement in roles.statements(PREFIX):
            cursor.execute(statement)
        cursor.execute("SELECT relname, relowner, relacl::text FROM pg_class ORDER BY relname")

        assert cursor.fetchall() == before


def test_the_command_prints_one_transaction_without_a_password() -> None:
    out = StringIO()
    call_command("roles", "--prefix", "house", stdout=out)
    told = out.getvalue()

    assert told.startswith("BEGIN;\n")
    assert told.endswith("COMMIT;\n")
    assert "PASSWORD" not in told.upper()
    assert all(
        f"house_{name}" in told for name in ("owner", "migrate", "app", "sequencer", "reader", "backup")
    )
    with pytest.raises(CommandError):
        call_command("roles", "--prefix", "house; DROP", stdout=StringIO())


@pytest.mark.parametrize(("apart", "left"), [("", "sweep daily sequence"), ("1", "sweep daily")])
def test_celerys_scheduler_leaves_the_log_to_a_sequencer_that_is_apart(apart: str, left: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", "from config import work; print(*work.CELERY_BEAT_SCHEDULE)"],
        env={**os.environ, "SEQUENCER_APART": apart}, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert told.stdout.split() == left.split()


def test_a_table_of_the_log_without_a_line_is_an_error() -> None:
    class Unlisted(Model):
        class Meta:
            app_label = "audit_log"

    try:
        with pytest.raises(roles.RightsMissing, match=r"audit_log\.Unlisted"):
            list(roles.statements(PREFIX))
    finally:
        apps.all_models["audit_log"].pop("unlisted")
        apps.clear_cache()
