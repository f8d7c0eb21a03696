"""What whoever owns the database puts in a receipt's place is shown to nobody as ours, and hides no other."""

import json
from collections.abc import Callable

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.utils import base64url_decode, base64url_encode

from consent.grants import clock, services, signing
from consent.grants.models import Receipt, SigningKey
from tests.consent.web.conftest import share
from tests.consent.web.test_the_question import WORKOUTS, text
from tests.factories import make_member
from tests.support.flushing import triggers_lifted


def rewritten(token: str) -> str:
    """The same signature under another text: one switch less."""
    head, body, signature = token.split(".")
    said = base64url_decode(body).replace(b'"on":true', b'"on":false')
    return ".".join([head, base64url_encode(said).decode(), signature])


def by_another_key(token: str) -> str:
    """The same text, signed with a key that stands beside ours in the table: its private half is nobody's seal."""
    private = Ed25519PrivateKey.generate()
    public = base64url_encode(private.public_key().public_bytes_raw()).decode()
    SigningKey.objects.create(kid="mine", public=public, sealed="v1.k1.x.y", made_at=clock.now())
    payload = base64url_decode(token.split(".")[1])
    return jwt.api_jws.encode(payload, private, algorithm="EdDSA", headers={"kid": "mine"})


def by_our_key(change: str, becomes: str) -> Callable[[str], str]:
    """A text that we never signed, as if we had: what stands beside it in its row says otherwise."""
    return lambda token: signing.sign(
        json.loads(base64url_decode(token.split(".")[1]).decode().replace(change, becomes, 1))
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "altered",
    [
        rewritten,
        lambda token: token.rpartition(".")[0],
        lambda token: "something else",
        lambda token: "",
        lambda token: Receipt.objects.get(number=2).jws,
        lambda token: signing.sign({"record_metadata": "mine"}),
        by_another_key,
        by_our_key('"number":1', '"number":3'),
        by_our_key('"change":"allowed"', '"change":"changed"'),
    ],
    ids=[
        "another text",
        "no signature",
        "no JWS",
        "nothing",
        "another receipt's",
        "another document",
        "another key",
        "another number",
        "another change",
    ],
)
def test_a_receipt_that_was_altered_in_the_database_is_shown_to_nobody_as_ours(lin, browser_of_lin, altered):
    grant = share(lin, WORKOUTS)
    services.withdraw(grant_ref=grant.ref)
    receipt = Receipt.objects.get(number=1)
    with triggers_lifted([Receipt._meta.db_table]):
        Receipt.objects.filter(number=1).update(jws=altered(receipt.jws))

    for form in ("/", ".json", ".fhir.json"):
        answer = browser_of_lin.get(f"/receipts/{receipt.ref}{form}")
        assert answer.status_code == 409, form
        assert "cannot be shown to be what we signed" in text(answer)
        assert "Strava" not in answer.content.decode()  # nor anything else of what it says
    assert browser_of_lin.get(f"/receipts/{Receipt.objects.get(number=2).ref}/").status_code == 200
    partner = text(browser_of_lin.get("/connections/strava/"))
    assert partner.count("This receipt cannot be shown to be ours") == 1
    assert "You stopped sharing." in partner


@pytest.mark.django_db(transaction=True)
def test_a_receipt_that_was_moved_to_another_connection_is_not_shown_there(lin, browser_of_lin):
    theirs, mine = share(make_member(), WORKOUTS), share(lin, WORKOUTS)
    receipt = Receipt.objects.get(grant=theirs)
    with triggers_lifted([Receipt._meta.db_table]):
        Receipt.objects.filter(grant=mine).delete()
        Receipt.objects.filter(pk=receipt.pk).update(grant=mine)

    assert browser_of_lin.get(f"/receipts/{receipt.ref}/").status_code == 409


def test_a_key_that_somebody_put_there_stops_no_act_and_takes_no_receipt_away(lin, browser_of_lin):
    grant = share(lin, WORKOUTS)
    first = Receipt.objects.get()
    by_another_key(first.jws)
    SigningKey.objects.filter(kid="mine").update(sealed="v1.t1.AAAA.AAAA")
    SigningKey.objects.exclude(kid="mine").update(public="AAAA")

    services.withdraw(grant_ref=grant.ref)

    for receipt in (first, Receipt.objects.latest("number")):
        assert browser_of_lin.get(f"/receipts/{receipt.ref}/").status_code == 200


def test_a_key_that_we_did_not_make_is_not_published(db):
    signing.sign({"a": 1})
    by_another_key(signing.sign({"a": 1}))
    assert [key["kid"] for key in signing.jwks()["keys"]] == [SigningKey.objects.earliest("made_at").kid]
