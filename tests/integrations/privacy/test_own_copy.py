"""A member's own copy: complete by the inventory, safe in a spreadsheet, and whole or not there."""

import csv
import hashlib
import io
import json
import stat
import subprocess
import sys
import zipfile

import jwt
import pytest
from django.apps import apps

from audit.log.models import Entry
from audit.proofs import sequencer
from audit.proofs import signing as signing_of_the_log
from consent.grants import clock, signing
from consent.grants.models import Receipt
from integrations.privacy import cells, copying, parts
from integrations.privacy.erasing import erase
from integrations.privacy.inventory import INVENTORY
from records.members.models import Member
from tests.audit.proofs.worlds import outside
from tests.integrations.privacy.furnished import ACCOUNT, CANARY, WHOLLY_PRIVATE, furnish
from tests.support.flushing import triggers_lifted

pytestmark = pytest.mark.django_db


def copy_of(member: Member) -> zipfile.ZipFile:
    into = io.BytesIO()
    copying.write(member, into, at=clock.now())
    return zipfile.ZipFile(into)


def read(copy: zipfile.ZipFile, name: str) -> list[dict]:
    return json.loads(copy.read(f"{name}.json"))


def rows(copy: zipfile.ZipFile, name: str) -> list[dict]:
    return list(csv.DictReader(io.StringIO(copy.read(f"{name}.csv").decode())))


def test_every_table_is_decided_on_and_no_other():  # SR-9.3
    tables = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    undecided, unknown = tables - set(INVENTORY), set(INVENTORY) - tables
    assert undecided == set(), (
        "Decide in integrations/privacy/inventory.py what erasing and copying do about these."
    )
    assert unknown == set()


def test_every_table_is_in_a_part_or_says_why_not():
    named = {part.name for part in parts.PARTS}
    assert {fate.part for fate in INVENTORY.values() if fate.part} == named
    assert [table for table, fate in INVENTORY.items() if bool(fate.part) == bool(fate.left_out)] == []


def test_every_part_holds_what_is_there_of_the_member_and_nothing_of_another():
    member, other = furnish("mine@tests.example"), furnish("theirs@tests.example", account="99004422")
    copy = copy_of(member)

    empty = {part.name for part in parts.PARTS if not read(copy, part.name)}
    assert empty == {"downloads"}
    text = "".join(copy.read(name).decode() for name in copy.namelist())
    assert member.email in text
    assert other.email not in text
    assert "99004422" not in text
    assert read(copy, "connections")[0]["account"] == ACCOUNT
    for part in parts.PARTS:
        found = rows(copy, part.name)
        assert len(found) >= len(read(copy, part.name)), part.name
        assert not found or set(found[0]) >= set(part.columns[:-1]), part.name


def test_what_never_leaves_is_in_the_members_own_copy():  # SR-5.3
    documents = read(copy_of(furnish()), "documents")
    assert {each["kind"] for each in documents} >= WHOLLY_PRIVATE
    assert CANARY in json.dumps(documents)


def test_no_secret_is_in_the_copy():
    member = furnish()
    copy = copy_of(member)
    text = "".join(copy.read(name).decode() for name in copy.namelist() if name.endswith(("json", "csv")))
    for secret in ("v1.sealed", member.password, "access", "refresh_token", "account_digest"):
        assert secret not in text


def test_receipts_verify_and_entries_are_the_leaves_of_the_log():
    member = furnish()
    copy = copy_of(member)
    signed = [name for name in copy.namelist() if name.endswith(".jws")]
    assert len(signed) == Receipt.objects.filter(grant__member=member).count()
    (key,) = signing.jwks()["keys"]
    for name in signed:
        assert jwt.decode(copy.read(name).decode(), jwt.PyJWK(key).key, algorithms=["EdDSA"])
    lines = copy.read("ledger.jsonl").splitlines()
    leaves = {hashlib.sha256(b"\0" + line).digest() for line in lines}
    assert leaves == {bytes(entry.leaf) for entry in parts.entries(member)}
    assert len(lines) == Entry.objects.count()


@pytest.mark.django_db(transaction=True)
def test_a_receipt_that_was_altered_stops_no_copy_and_says_nothing():
    member = furnish("mine@tests.example")
    first, *others = Receipt.objects.filter(grant__member=member).order_by("at", "ref")
    with triggers_lifted([Receipt._meta.db_table]):
        Receipt.objects.filter(pk=first.pk).update(jws="something else")

    altered, *whole = read(copy_of(member), "receipts")

    assert (altered["document"], altered["jws"]) == (None, "something else")
    assert [row["document"] for row in whole] == [signing.document_of(each) for each in others]


def test_each_entry_comes_with_a_proof_that_the_enclosed_script_accepts(settings, tmp_path):  # SR-8.5
    outside(settings, tmp_path / "log")
    member = furnish()
    sequencer.run()
    copy_of(member).extractall(tmp_path)
    proofs = sorted((tmp_path / "proofs").iterdir())
    assert {path.stem for path in proofs} == {str(entry.event_id) for entry in parts.entries(member)}
    asked = [sys.executable, str(tmp_path / "verify_ringfence.py"), "proof"]
    checked = subprocess.run([*asked, str(proofs[0]), "--key", signing_of_the_log.vkeys()[0]], check=False)
    assert checked.returncode == 0
    assert signing_of_the_log.vkeys()[0] in (tmp_path / "README.txt").read_text()


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "  =1", '"=1', "'@x"])
def test_no_cell_is_a_formula(value):  # SR-4.11
    (heading, line) = list(cells.lines(["field"], [{"field": value}]))
    assert heading == '"field"\r\n'
    (read_back,) = next(csv.reader(io.StringIO(line, newline="")))
    assert read_back == f"'{value}"


def test_the_file_is_for_its_owner_alone_and_the_log_says_that_it_was_made(tmp_path):
    member = furnish()
    out = tmp_path / "copy.zip"

    copying.export(member=member, out=out, actor="operator", ticket="T-9", operator="support")

    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert zipfile.ZipFile(out).testzip() is None
    entry = Entry.objects.order_by("-id")[0]
    assert (entry.kind, entry.facts) == ("member.exported", {"ticket": "T-9", "operator": "support"})
    assert [path.name for path in tmp_path.iterdir()] == ["copy.zip"]


def test_a_copy_that_breaks_off_leaves_no_file_and_no_event(tmp_path, monkeypatch):
    """The disk is full: simulated where the operating system would say so."""
    member = furnish()
    monkeypatch.setattr(
        "os.fsync", lambda number: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(OSError, match="No space"):
        copying.export(member=member, out=tmp_path / "copy.zip", actor="operator")
    assert list(tmp_path.iterdir()) == []
    assert not Entry.objects.filter(kind="member.exported").exists()


def test_after_an_erasure_each_table_that_goes_is_empty():
    member = furnish()
    filled = {
        table for table, fate in INVENTORY.items() if fate.erased and apps.get_model(table).objects.exists()
    }
    assert filled >= {"members.Member", "records.Document", "records.PrivateDocument", "deliveries.Delivery"}
    erase(member_id=member.id, actor="member")
    left = {table for table in filled if apps.get_model(table).objects.exists()}
    assert left <= {"connectors.Connection"}  # until the partner is told
