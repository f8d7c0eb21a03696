"""How the tests of tokens judge an answer."""

from audit.log.models import Entry
from consent.grants import clock
from integrations.oauth.bearer import Bearer, find


def lives(token: str) -> bool:
    return isinstance(find(token, at=clock.now()), Bearer)


def refused(answer, error: str, status: int = 400) -> bool:
    """Whether an answer is the error of RFC 6749, 5.2 with the members of the compatible API, kept by no cache."""
    told = answer.json()
    assert told.keys() == {"error", "error_description", "status", "title", "detail"}
    assert answer["Cache-Control"] == "no-store"
    return (answer.status_code, told["error"], told["status"]) == (status, error, status)


def reasons() -> list[str]:
    return [entry.facts["reason"] for entry in Entry.objects.filter(kind="tokens.revoked").order_by("id")]
