"""A download asked for on the page: sealed while it lies, handed out once, gone after a day or with the member."""

import io
import os
import stat
import zipfile
from datetime import timedelta

import pytest

from audit.log.models import Entry
from consent.grants import clock
from integrations.privacy import copies, sealed
from integrations.privacy.erasing import erase
from integrations.privacy.errors import CopiesUsedUp
from integrations.privacy.models import OwnCopy, State
from records.members import keys
from records.members.keyring import Key, SealBroken
from tests.factories import make_member
from tests.integrations.privacy.furnished import furnish

pytestmark = pytest.mark.django_db
KEY = Key("k", bytes(32))


@pytest.fixture(autouse=True)
def where(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path / "copies"


def made(member) -> OwnCopy:
    copy = copies.ask(member)
    assert copies.due() == [copy.ref]
    copies.make(copy.ref)
    copy.refresh_from_db()
    return copy


def test_it_lies_sealed_for_a_day_and_is_handed_out_once(where):  # SR-9.3
    member = furnish()
    copy = made(member)
    raw = copy.path.read_bytes()
    assert member.email.encode() not in raw
    assert raw.startswith(b"v1.")
    assert not zipfile.is_zipfile(copy.path)
    assert stat.S_IMODE(copy.path.stat().st_mode) == 0o600
    assert copy.ready_at is not None
    assert copy.ends_at == copy.ready_at + timedelta(hours=24)

    handed = copies.fetch(member, copy.ref)

    assert handed is not None
    whole = zipfile.ZipFile(io.BytesIO(b"".join(handed)))
    assert member.email in whole.read("account.json").decode()
    assert copies.fetch(member, copy.ref) is None
    assert list(where.iterdir()) == []


def test_nobody_else_can_fetch_it():
    copy = made(make_member())
    assert copies.fetch(make_member(), copy.ref) is None
    assert OwnCopy.objects.get().state == State.READY


def test_after_a_day_it_is_gone(where):
    member = make_member()
    copy = made(member)
    OwnCopy.objects.update(ends_at=clock.now() - timedelta(seconds=1))
    assert copies.fetch(member, copy.ref) is None
    copies.let_go()
    assert OwnCopy.objects.get().state == State.ENDED
    assert copies.newest(member) is None


def test_three_a_day_and_no_more():  # SR-4.10
    member = make_member()
    for left in (2, 1, 0):
        made(member)
        assert copies.left_today(member) == left
    with pytest.raises(CopiesUsedUp, match="tomorrow"):
        copies.ask(member)
    OwnCopy.objects.update(asked_at=clock.now() - timedelta(hours=25))
    assert copies.ask(member).state == State.ASKED


def test_two_presses_are_one_copy():
    member = make_member()
    assert copies.ask(member).ref == copies.ask(member).ref


def test_a_worker_that_went_away_is_followed_by_another():
    copy = copies.ask(make_member())
    OwnCopy.objects.update(lease_until=clock.now() + timedelta(minutes=5), attempts=1)
    assert copies.due() == []
    copies.make(copy.ref)
    assert OwnCopy.objects.get().state == State.ASKED
    OwnCopy.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    copies.make(copy.ref)
    assert OwnCopy.objects.get().state == State.READY


def test_a_worker_that_is_still_at_a_long_copy_is_followed_by_nobody(monkeypatch):
    """It says so as it writes; without that, a copy of more than ten minutes would be begun again and again."""
    monkeypatch.setattr(copies, "BEAT", 0.0)
    copy = copies.ask(furnish())
    OwnCopy.objects.update(attempts=1, lease_until=clock.now() - timedelta(seconds=1))
    copy.refresh_from_db()
    with io.BytesIO() as raw, sealed.Sealing(raw, key=KEY, place="a|b|c") as into:
        copies._Beating(into, copy).write(b"some")
        assert copies.due() == []


def test_a_worker_whose_copy_was_taken_over_or_whose_member_was_erased_leaves_nothing(monkeypatch, where):
    monkeypatch.setattr(copies, "BEAT", 0.0)
    member = furnish()
    copy = copies.ask(member)
    copy.attempts = 1  # the other one made the second try
    OwnCopy.objects.update(attempts=2)
    with pytest.raises(copies._TakenAway):
        copies._write(copy)
    copy.attempts = 2
    erase(member_id=member.id, actor="member")
    with pytest.raises((copies._TakenAway, keys.MemberErased)):
        copies._write(copy)
    assert list(where.iterdir()) == []


def test_what_a_killed_worker_left_half_written_goes_too(where):
    copy = made(make_member())
    half = copy.path.with_suffix(".1.half")
    half.write_bytes(b"half")
    long_ago = (clock.now() - timedelta(hours=25)).timestamp()
    os.utime(half, (long_ago, long_ago))
    copies.let_go()
    assert list(where.iterdir()) == [copy.path]


def test_an_erasure_takes_the_file_along(where):
    member = furnish()
    made(member)
    erase(member_id=member.id, actor="member")
    assert list(where.iterdir()) == []


def test_making_one_is_an_event_that_tells_no_count():
    member = furnish()
    made(member)
    entry = Entry.objects.get(kind="member.exported")
    assert (entry.subject, entry.facts) == (keys.pseudonym(keys.key_of(member.id), ""), {})


@pytest.mark.parametrize("size", [0, 1, sealed.CHUNK, sealed.CHUNK + 1, 3 * sealed.CHUNK])
def test_a_sealed_file_opens_to_what_went_in(size):
    plain, into = bytes(size), io.BytesIO()
    with sealed.Sealing(into, key=KEY, place="a|b|c") as sealing:
        sealing.write(plain)
    into.seek(0)
    assert b"".join(sealed.opened(into, key=KEY, place="a|b|c")) == plain


def test_a_sealed_file_that_was_cut_altered_or_shuffled_does_not_open():
    into = io.BytesIO()
    with sealed.Sealing(into, key=KEY, place="a|b|c") as sealing:
        sealing.write(bytes(3 * sealed.CHUNK))
    lines = into.getvalue().splitlines(keepends=True)
    altered = lines[0][:-10] + (b"A" if lines[0][-10:-9] != b"A" else b"B") + lines[0][-9:]
    for broken in ([], lines[:-1], lines[1:], [lines[1], lines[0], lines[2]], [altered, *lines[1:]]):
        with pytest.raises(SealBroken):
            list(sealed.opened(io.BytesIO(b"".join(broken)), key=KEY, place="a|b|c"))
