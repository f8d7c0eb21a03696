"""A verdict is what the log says of a check. Whoever owns the database can write another, and is not believed."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from audit.log import chain
from audit.log.models import Entry, Waiting
from audit.proofs import notes, sequencer, signing, verdicts, verification
from audit.proofs.models import Checkpoint, Tile, Verification
from audit.proofs.verdicts import NOT_IN_THE_LOG, NOT_IN_THE_TREE, Standing, Verdict
from tests.audit.proofs.tampering import at
from tests.audit.proofs.worlds import grow, outside
from tests.support.flushing import triggers_lifted

pytestmark = pytest.mark.django_db
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))


@pytest.fixture
def broken(settings, tmp_path) -> Verdict:
    """A log that was checked twice: whole at first, and then not, which stands in it under a signed checkpoint."""
    outside(settings, tmp_path)
    grow(5)
    assert verification.verify().ok
    with triggers_lifted():
        at(2).update(partner="nobody")
    verdict = verification.verify()
    assert not verdict.ok
    sequencer.run()
    return verdict


def shown() -> Verdict:
    found = verification.latest()
    assert found
    return found


def forged(**changes) -> None:
    newest = Verification.objects.values().latest("pk")
    told = {name: value for name, value in newest.items() if name != "id"}
    Verification.objects.create(**{**told, "ok": True, "finding": "", "first_bad": None, **changes})


def the_entry() -> Entry:
    return Entry.objects.filter(kind=verdicts.KIND).latest("id")


def test_a_verdict_is_read_from_the_log_and_says_whether_it_is_signed(broken):
    assert (shown().standing, shown().finding, shown().first_bad) == (Standing.SIGNED, broken.finding, 2)
    assert shown().witness == "the tests"

    again = verification.verify()
    assert shown() == again
    assert shown().standing is Standing.WAITS


def test_a_forged_row_is_not_believed_whatever_time_it_names(broken):
    forged(at=timezone.now() + timedelta(minutes=1))
    assert (shown().ok, shown().standing, shown().finding) == (False, Standing.NOWHERE, NOT_IN_THE_LOG)

    Verification.objects.filter(ok=True, at__gt=broken.at).update(at=broken.at - timedelta(microseconds=1))
    assert (shown().ok, shown().standing, shown().finding) == (False, Standing.SIGNED, broken.finding)
    assert [each.finding for each in verification.newest(9)] == [broken.finding, NOT_IN_THE_LOG, ""]


def test_a_row_that_was_changed_or_taken_away_changes_nothing(broken):
    Verification.objects.filter(ok=False).update(ok=True, finding="", first_bad=None)
    assert shown().finding == broken.finding
    assert NOT_IN_THE_LOG in [each.finding for each in verification.newest(9)]

    Verification.objects.all().delete()
    assert shown().finding == broken.finding
    assert len(verification.newest(9)) == 2


def turned(entry: Entry) -> bytes:
    return bytes(entry.body).replace(b'"ok":false', b'"ok":true')


def test_an_entry_that_was_changed_is_not_believed_even_with_all_that_repeats_it(broken):
    entry = the_entry()
    index = 6
    with triggers_lifted():
        Entry.objects.filter(pk=entry.pk).update(body=turned(entry), leaf=chain.leaf_hash(turned(entry)))
        forged()
        tile = Tile.objects.get(level=0, index=0)
        hashes = bytes(tile.hashes)[: index * 32] + chain.leaf_hash(turned(entry))
        for content in (bytes(tile.hashes), hashes):
            Tile.objects.filter(pk=tile.pk).update(hashes=content)
            assert (shown().ok, shown().finding, shown().first_bad) == (False, NOT_IN_THE_TREE, index)


def test_with_a_checkpoint_that_the_log_did_not_sign_no_verdict_is_believed(broken):
    with triggers_lifted():
        newest = Checkpoint.objects.latest("size")
        Checkpoint.objects.filter(pk=newest.pk).update(note=newest.note.replace("\n7\n", "\n8\n"))
    assert (shown().ok, shown().finding) == (False, NOT_IN_THE_TREE)


def test_an_entry_that_was_hidden_from_the_search_is_missed(broken):
    with triggers_lifted():
        Entry.objects.filter(pk=the_entry().pk).update(kind="audit.viewed")
    assert (shown().ok, shown().finding) == (False, NOT_IN_THE_LOG)


def test_an_entry_that_never_went_into_the_tree_is_not_believed(broken):
    verification.verify()
    assert shown().standing is Standing.WAITS
    with triggers_lifted():
        Waiting.objects.all().delete()
    assert (shown().ok, shown().finding, shown().first_bad) == (False, NOT_IN_THE_TREE, None)


def test_an_entry_of_another_kind_is_no_verdict(broken):
    with triggers_lifted():
        at(0).update(kind=verdicts.KIND)
    assert NOT_IN_THE_TREE in [each.finding for each in verification.newest(9)]


def test_without_any_key_nothing_is_called_signed_and_nothing_forged(broken, settings):
    settings.LOG_KEY, settings.LOG_KEY_BEFORE = "", []
    assert (shown().standing, shown().finding) == (Standing.WAITS, broken.finding)
    settings.LOG_KEY_BEFORE = [notes.Verifier.of(signing.origin(), STRANGER).vkey]
    assert shown().finding == NOT_IN_THE_TREE


def test_the_newest_verdicts_are_read_in_four_statements(broken, django_assert_num_queries):
    for _ in range(30):
        verification.verify()
    sequencer.run()
    with django_assert_num_queries(4):
        found = verification.newest(20)
    assert [each.standing for each in found] == [Standing.SIGNED] * 20
    with django_assert_num_queries(4):
        verification.latest()
