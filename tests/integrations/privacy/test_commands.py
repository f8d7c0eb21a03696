"""What operators type about one member: export, erase, and erasing again after a restore."""

import json
import zipfile
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.log.models import Entry
from integrations.privacy.erasing import erase
from records.members import keys
from records.members.models import Member, MemberKey, Role
from tests.factories import make_member
from tests.integrations.privacy.furnished import furnish

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> dict:
    out = StringIO()
    call_command("member", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_a_copy_is_written_where_the_operator_says(tmp_path):
    member, out = furnish(), tmp_path / "copy.zip"
    told = run("export", member.email.upper(), "--out", str(out), "--ticket", "T-3")
    assert told == {"written": str(out), "bytes": out.stat().st_size}
    assert "documents.json" in zipfile.ZipFile(out).namelist()
    entry = Entry.objects.get(kind="member.exported")
    assert (entry.facts["ticket"], bool(entry.facts["operator"])) == ("T-3", True)


def test_erasing_tells_what_was_done_and_a_second_time_that_nobody_is_there():
    member = furnish()
    told = run("erase", member.email, "--ticket", "T-4")
    assert (told["grants"], told["partners_to_tell"]) == (2, 1)
    assert str(Entry.objects.get(kind="member.erased").event_id) == told["entry"]
    with pytest.raises(CommandError, match="no account"):
        run("erase", member.email)


@pytest.mark.parametrize("act", [["export", "{}", "--out", "copy.zip"], ["erase", "{}"]])
def test_outside_the_demo_world_a_ticket_is_needed(act, settings):
    settings.DEMO = False
    member = make_member()
    with pytest.raises(CommandError, match="--ticket"):
        call_command("member", *(part.format(member.email) for part in act))
    assert Member.objects.filter(id=member.id).exists()


@pytest.mark.parametrize("act", [["export", "{}", "--out", "copy.zip"], ["erase", "{}"]])
def test_no_address_gets_into_the_log_as_a_ticket(act, tmp_path, monkeypatch):
    """An entry is for ever: an erasure could not take the address out again (SR-8.3)."""
    monkeypatch.chdir(tmp_path)
    member = make_member()
    for ticket in (member.email, "asked by phone"):
        with pytest.raises(CommandError, match="number alone"):
            call_command("member", *(part.format(member.email) for part in act), "--ticket", ticket)
    assert Member.objects.filter(id=member.id).exists()
    assert not Entry.objects.exists()


def test_an_unknown_address_a_folder_that_is_not_there_and_staff_are_refused_in_a_sentence(tmp_path):
    with pytest.raises(CommandError, match="no account"):
        run("export", "nobody@tests.example", "--out", str(tmp_path / "copy.zip"))
    with pytest.raises(CommandError, match="cannot be read or written"):
        run("export", make_member().email, "--out", str(tmp_path / "nowhere" / "copy.zip"))
    with pytest.raises(CommandError, match="account of staff"):
        run("erase", make_member(role=Role.SUPPORT).email)


def test_a_restored_backup_erases_again_whom_the_newer_log_names(tmp_path):  # SR-8.3
    """The backup knows the member and their key; the log that was kept apart knows of the erasure."""
    member, other = furnish(), make_member()
    keys.key_of(other.id)
    backup = Member.objects.get(id=member.id), MemberKey.objects.get(member_id=member.id)
    erase(member_id=member.id, actor="member")
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"".join(bytes(entry.body) + b"\n" for entry in Entry.objects.order_by("id")))
    for row in backup:
        row.save(force_insert=True)

    assert run("replay-erasures", str(log)) == {"listed": 1, "erased": 1, "held": 0}

    assert list(Member.objects.values_list("id", flat=True)) == [other.id]
    assert run("replay-erasures", str(log)) == {"listed": 1, "erased": 0, "held": 0}


def test_what_is_not_the_log_is_refused_by_its_line(tmp_path):
    member = make_member()
    log = tmp_path / "log.jsonl"
    for line in ("{", "[]", "7", '{"kind": "member.erased"}', '{"entry": 3}'):
        log.write_text(f'{{"kind": "x", "subject": ""}}\n{line}\n')
        with pytest.raises(CommandError, match="Line 2 is no entry"):
            run("replay-erasures", str(log))
    assert Member.objects.filter(id=member.id).exists()
