"""What stands of a member outside the tables that name them: browsers' sessions, counted tries, mail kept in files."""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection

from records.members.models import Member

COUNTED_BY = "allauth.account"  # the library's name for its limits, in their keys


def addresses_of(member: Member) -> list[str]:
    """Return every e-mail address of an account, confirmed or not."""
    kept = EmailAddress.objects.filter(user=member).values_list("email", flat=True)
    return sorted({member.email, *kept})


def sessions_of(member: Member) -> list[str]:
    """Return the keys of all sessions that know the member, half signed-in ones too. Opens every session once."""
    found = set(UserSession.objects.filter(user=member).values_list("session_key", flat=True))
    wanted = (str(member.id), *addresses_of(member))
    for session in Session.objects.iterator():
        told = repr(session.get_decoded())
        if any(each in told for each in wanted):
            found.add(session.session_key)
    return sorted(found)


def sign_out(member: Member, sessions: Iterable[str]) -> None:
    """End these sessions, as `sessions_of` found them before the transaction, and those that began since."""
    late = UserSession.objects.filter(user=member).values_list("session_key", flat=True)
    Session.objects.filter(session_key__in=[*sessions, *late]).delete()
    UserSession.objects.filter(user=member).delete()


def forget_tries(member: Member) -> None:
    """Delete what the sign-in limits count of a member, in whatever cache that is (a bare hash of an address)."""
    cache.delete_many(list(_keys(member)))


def forget_mail(addresses: Iterable[str]) -> int:
    """Delete mail that lies in files (the demo world's way of sending) to these addresses; return how many."""
    where = Path(settings.EMAIL_FILE_PATH)
    if not settings.EMAIL_BACKEND.startswith("django.core.mail.backends.filebased") or not where.is_dir():
        return 0
    wanted = [address.encode() for address in addresses]
    gone = [path for path in where.iterdir() if path.is_file() and _holds(path, wanted)]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def forget_the_journal() -> None:
    """Let SQLite fold its journal into the file, where what was deleted is overwritten. Tried for a second, no longer.

    PostgreSQL frees the place of deleted rows when it vacuums.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (patience,) = cursor.fetchone()
        cursor.execute("PRAGMA busy_timeout = 1000")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute(f"PRAGMA busy_timeout = {int(patience)}")


def _holds(path: Path, wanted: list[bytes]) -> bool:
    text = path.read_bytes()
    return any(each in text for each in wanted)


def _keys(member: Member) -> Iterator[str]:
    """Yield the keys under which allauth may count this member (`allauth.core.internal.ratelimit`)."""
    told = [address.lower() for address in addresses_of(member)]
    named = [*told, *(f"{host}:{address}" for host, address in product(_hosts(), told))]
    sources = [hashlib.sha256(name.encode()).hexdigest() for name in (*named, f"mfa-auth-user-{member.pk}")]
    for action, rates in app_settings.RATE_LIMITS.items():
        for rate in (each.strip() for each in (rates or "").split(",")):
            if rate.endswith("/user"):
                yield f"allauth:rl:{COUNTED_BY}:{action}:{_written(rate)}:user:{member.pk}"
            elif rate.endswith("/key"):
                yield from (f"allauth:rl:{COUNTED_BY}:{action}:{_written(rate)}:{each}" for each in sources)


def _written(rate: str) -> str:
    """Return a rate as the keys spell it: "5/300/key" for "5/5m/key", the seconds as the library counts them."""
    from allauth.core.internal.ratelimit import parse_rate

    return str(parse_rate(rate))


def _hosts() -> set[str]:
    """Return the names under which the sign-in page may have been reached."""
    base = urlsplit(settings.BASE_URL).netloc
    ports = ("", f":{settings.PORT}")
    return {base, *(f"{host}{port}" for host, port in product(settings.ALLOWED_HOSTS, ports))}
