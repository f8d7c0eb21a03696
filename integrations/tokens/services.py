"""Making and ending keys. Each is one transaction that holds the change and its audit event: both or neither."""

import unicodedata
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from audit.log import services as log
from audit.log.events import Event
from consent.grants import clock
from consent.grants import selectors as grants
from consent.manifests.ceilings import OWN_PROGRAM
from integrations.tokens import selectors, spelling
from integrations.tokens.errors import NoteRefused, TooManyKeys
from integrations.tokens.models import PersonalToken
from records.members.models import Member

CREATED, ENDED, RETURNED = "token.created", "token.ended", "token.returned"
TERM = timedelta(days=365)  # the longest that SR-2.16 allows
LONGEST_NOTE, MOST = 60, 20


@transaction.atomic
def create(*, member: Member, note: str, at: datetime | None = None) -> tuple[PersonalToken, str]:
    """Make a key and return it with its text, which is kept nowhere: it is shown once.

    Raises NoteRefused, TooManyKeys, MembersOnly; then nothing is stored. The note is the member's own, and not in
    the log.
    """
    told = _note(note)
    member.hold()  # two at once must not make one too many
    moment = at or clock.now()
    if selectors.living(member, at=moment).count() >= MOST:
        raise TooManyKeys(MOST)
    plain = spelling.new()
    token = PersonalToken.objects.create(
        member=member, note=told, digest=spelling.digest(plain), made_at=moment, ends_at=moment + TERM
    )
    _tell(CREATED, token, moment)
    return token, plain


@transaction.atomic
def end(*, member: Member, ref: UUID, at: datetime | None = None) -> PersonalToken:
    """End one key of the member; in force when this commits. Pressed twice, it is one end.

    Raises PersonalToken.DoesNotExist, for another member's too (SR-4.7).
    """
    token = PersonalToken.objects.select_for_update().get(member=member, id=ref)
    _end(token, ENDED, actor="member", at=at)
    return token


@transaction.atomic
def give_back(key: str) -> None:
    """End a key at the word of the program that holds it (RFC 7009). What is no key of ours changes nothing."""
    if spelling.is_ours(key):
        mine = PersonalToken.objects.select_for_update().filter(digest=spelling.digest(key))
        if token := mine.filter(ended_at=None, ends_at__gt=clock.now()).first():
            _end(token, RETURNED, actor="partner", at=None)


def _end(token: PersonalToken, kind: str, *, actor: str, at: datetime | None) -> None:
    if token.ended_at is None:
        token.ended_at = at or clock.now()
        token.save(update_fields=["ended_at"])
        _tell(kind, token, token.ended_at, actor=actor)


def _note(note: str) -> str:
    told = unicodedata.normalize("NFC", note).strip()
    if not 0 < len(told) <= LONGEST_NOTE or any(
        unicodedata.category(letter) in {"Cc", "Cs"} for letter in told
    ):
        raise NoteRefused(LONGEST_NOTE)
    return told


def _tell(kind: str, token: PersonalToken, at: datetime, *, actor: str = "member") -> None:
    log.append(
        Event(
            kind=kind,
            actor=actor,
            subject=grants.subject_of(token.member_id, OWN_PROGRAM),
            partner=OWN_PROGRAM,
            at=at,
            facts={"token": str(token.id), "ends": token.ends_at.isoformat()},
        )
    )
