"""A partner with very many members: made by acts for the first of them, then copied by the database itself."""

from datetime import UTC, datetime

from django.db import connection, models, transaction

from consent.grants.models import Grant
from integrations.deliveries.models import Delivery
from integrations.oauth import issuing
from integrations.oauth.models import AccessToken
from records.members.models import Member

NUMBERED = (models.AutoField, models.BigAutoField)  # the database gives these by itself
KINDS = 4  # what each member brings: a grant, a token family, an access token, a delivery that waits
APART = 10_000_000  # between the numbers of one crowd and those of the next


def gather(partner: str, rows: int, *, nth: int) -> None:
    """Give a partner so many rows, each member's four live and waiting. `nth`: which crowd it is, from 1."""
    member = Member.objects.create_user(f"first@{partner}.example", timezone="UTC")
    told = issuing.issue(email=member.email, client_id=partner, scope="", on="all", at=datetime.now(UTC))
    grant = Grant.objects.get(ref=told["grant"])
    token = AccessToken.objects.get(consent_grant=grant)
    times, key, secret = (
        rows // KINDS - 1,
        f"lpad(to_hex({nth * APART} + n), 32, '0')::uuid",
        f"'{partner} ' || n",
    )
    bound = {"family_id": key, "consent_grant_id": key, "source_refresh_token_id": "NULL"}
    with transaction.atomic():
        # A copy refers to what was copied before it: no row is looked up one by one.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
        _copied(member, times, id=key, email=f"n || '@{partner}.example'")
        _copied(grant, times, ref=key, member_id=key)
        _copied(token.family, times, id=key, consent_grant_id=key)
        _copied(token, times, user_id=key, token=secret, token_checksum=secret, **bound)
        _copied(_waiting(grant), times, id=key, grant_id=key)


def _waiting(grant: Grant) -> Delivery:
    epochs = {"grant_epoch": grant.epoch, "toggle_epoch": 1}
    times = {"day": grant.history_from, "next_attempt_at": grant.expires_at, "created_at": grant.granted_at}
    about = {"flow": "export:sleep", "document_ref": grant.ref, "kind": "sleep"}
    return Delivery.objects.create(grant=grant, **epochs, **times, **about)


def _copied(row: models.Model, times: int, **instead: str) -> None:
    """Copy one row in one statement, with other values (SQL, in which `n` counts) in some of its columns."""
    meta = row._meta
    columns = [str(field.column) for field in meta.concrete_fields if not isinstance(field, NUMBERED)]
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(instead.get(column, f'"{column}"') for column in columns)
    copies = f'SELECT {values} FROM "{meta.db_table}", generate_series(1, %s) AS n'  # noqa: S608 (our own names)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{meta.db_table}" ({names}) {copies} WHERE "{meta.pk.column}" = %s', [times, row.pk]
        )
