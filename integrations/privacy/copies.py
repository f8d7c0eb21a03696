"""A copy asked for on the page: made by a worker, kept sealed for a day, handed out once (SR-9.3).

Asking is limited to three a day (SR-4.10). Only the member's own key opens the file, so an erasure ends it too.
"""

import logging
import os
from collections.abc import Iterator
from datetime import timedelta
from time import monotonic
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from consent.grants import clock
from integrations.privacy import copying, sealed
from integrations.privacy.errors import CopiesUsedUp
from integrations.privacy.models import OwnCopy, State
from records.members import keys
from records.members.keyring import Key
from records.members.models import Member

log = logging.getLogger(__name__)
A_DAY = timedelta(hours=24)
MOST_A_DAY = 3
LEASE = timedelta(minutes=10)  # a worker that went away is followed by another
BEAT = 60.0  # seconds: how often a worker that is at it says so
TRIES = 5


@transaction.atomic
def ask(member: Member) -> OwnCopy:
    """Ask for a copy; one that is being made already is the same one. Raises CopiesUsedUp."""
    Member.objects.select_for_update().get(pk=member.pk)  # two presses at once are one after the other
    at = clock.now()
    recent = OwnCopy.objects.filter(member=member, asked_at__gt=at - A_DAY)
    under_way = recent.filter(state=State.ASKED).first()
    if under_way is not None:
        return under_way
    if recent.count() >= MOST_A_DAY:
        raise CopiesUsedUp
    return OwnCopy.objects.create(member=member, asked_at=at)


def newest(member: Member) -> OwnCopy | None:
    """Return the member's copy that is being made or can be fetched, else None."""
    at = clock.now()
    of_use = Q(state=State.ASKED) | Q(state=State.READY, ends_at__gt=at)
    return OwnCopy.objects.filter(of_use, member=member).order_by("-asked_at").first()


def left_today(member: Member) -> int:
    asked = OwnCopy.objects.filter(member=member, asked_at__gt=clock.now() - A_DAY).count()
    return max(0, MOST_A_DAY - asked)


def due() -> list[UUID]:
    """Return the copies that wait for a worker."""
    return list(_waiting().order_by("asked_at").values_list("ref", flat=True))


def make(ref: UUID) -> None:
    """Make one copy, if nobody else is at it. Safe to run twice, and beside itself."""
    at = clock.now()
    if not _waiting().filter(ref=ref).update(lease_until=at + LEASE, attempts=F("attempts") + 1):
        return
    copy = OwnCopy.objects.select_related("member").filter(ref=ref).first()
    if copy is None:
        return  # erased a moment ago
    try:
        _write(copy)
    except (_TakenAway, keys.MemberErased):
        return
    except OSError as trouble:
        log.warning("a copy could not be written", extra={"ref": str(ref), "reason": type(trouble).__name__})
        return
    with transaction.atomic():
        ready = clock.now()
        done = _mine(copy).update(state=State.READY, ready_at=ready, ends_at=ready + A_DAY, lease_until=None)
        if done:
            copying.happened(copy.member, actor="member")
    if not done and not OwnCopy.objects.filter(ref=ref, state__in=[State.ASKED, State.READY]).exists():
        copy.path.unlink(missing_ok=True)


def fetch(member: Member, ref: UUID) -> Iterator[bytes] | None:
    """Hand out a copy, once; None when it is not this member's, not ready, fetched before, or too old."""
    at = clock.now()
    mine = OwnCopy.objects.filter(ref=ref, member=member, state=State.READY, ends_at__gt=at)
    if not mine.update(state=State.FETCHED, fetched_at=at):
        return None
    copy = OwnCopy.objects.get(ref=ref)
    return _handed_out(copy)


def let_go() -> int:
    """End the copies that nobody fetched in time, forget old askings, and delete what lies there for no row."""
    at = clock.now()
    late = Q(state=State.READY, ends_at__lte=at) | Q(
        state=State.ASKED, attempts__gte=TRIES, lease_until__lte=at
    )
    ended = OwnCopy.objects.filter(late).update(state=State.ENDED, lease_until=None)
    OwnCopy.objects.exclude(state__in=[State.ASKED, State.READY]).filter(asked_at__lte=at - A_DAY).delete()
    return ended + _sweep_files()


def forget_files(refs: list[UUID]) -> None:
    """Delete the files of copies whose rows are gone."""
    for ref in refs:
        OwnCopy(ref=ref).path.unlink(missing_ok=True)


def _waiting() -> QuerySet[OwnCopy]:
    free = Q(lease_until=None) | Q(lease_until__lte=clock.now())
    return OwnCopy.objects.filter(free, state=State.ASKED, attempts__lt=TRIES)


def _mine(copy: OwnCopy) -> QuerySet[OwnCopy]:
    """Return the row while this try is the newest, and there is a row at all."""
    return OwnCopy.objects.filter(ref=copy.ref, state=State.ASKED, attempts=copy.attempts)


class _TakenAway(Exception):
    """The member was erased meanwhile, or another worker took over from one that seemed gone."""


def _keep_at_it(copy: OwnCopy) -> None:
    """Lengthen the lease. Raises _TakenAway."""
    if not _mine(copy).update(lease_until=clock.now() + LEASE):
        raise _TakenAway


class _Beating:
    """What a copy is written through: it keeps the lease while bytes come, however long the copy takes."""

    def __init__(self, into: sealed.Sealing, copy: OwnCopy) -> None:
        self._into, self._copy, self._told = into, copy, monotonic()

    def write(self, raw: bytes, /) -> int:
        if monotonic() - self._told >= BEAT:
            self._told = monotonic()
            _keep_at_it(self._copy)
        return self._into.write(raw)

    def flush(self) -> None:
        self._into.flush()


def _write(copy: OwnCopy) -> None:
    copy.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = copy.path.with_suffix(f".{copy.attempts}.half")  # no two tries write one file
    half.unlink(missing_ok=True)
    number = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with (
            os.fdopen(number, "wb") as file,
            sealed.Sealing(file, key=_key(copy), place=_place(copy)) as into,
        ):
            copying.write(copy.member, _Beating(into, copy), at=clock.now())
        _keep_at_it(copy)
        half.replace(copy.path)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def _handed_out(copy: OwnCopy) -> Iterator[bytes]:
    """Yield the copy in the open; whatever comes, the file is gone afterwards."""
    try:
        with copy.path.open("rb") as file:
            yield from sealed.opened(file, key=_key(copy), place=_place(copy))
    finally:
        copy.path.unlink(missing_ok=True)


def _sweep_files() -> int:
    where = OwnCopy().path.parent
    if not where.is_dir():
        return 0
    wanted = {
        OwnCopy(ref=ref).path.name
        for ref in OwnCopy.objects.filter(state__in=[State.ASKED, State.READY]).values_list("ref", flat=True)
    }
    stray = [
        path for path in where.iterdir() if path.name not in wanted
    ]  # halves that a killed worker left too
    # A copy that is being handed out has no wanted row any more; its file goes when it is through, or here a day later.
    old = [path for path in stray if clock.now().timestamp() - path.stat().st_mtime > A_DAY.total_seconds()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _key(copy: OwnCopy) -> Key:
    return keys.key_of(copy.member_id).derive("own-copy")


def _place(copy: OwnCopy) -> str:
    return f"privacy_owncopy|file|{copy.ref}"
