"""Entries as a year of sharing makes them: varied partners, types, kinds, reasons and pseudonyms, a day after another.

Made by the hundred thousand: each kind of entry is canonicalised once (RFC 8785) and filled in with references of the
same length, so that its bytes are what `chain.canonical` would have written.
"""

import hashlib
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from audit.log import chain
from audit.log.events import Event, Outcome, columns, written

YEAR = timedelta(days=365)
A_SUBJECT = 200  # entries of one pseudonym, on average
POLICY = "sha256:" + "5c" * 32
PARTNERS = {
    "strava": 34,
    "apple-health": 26,
    "alexa": 16,
    "technogym": 10,
    "stelo": 8,
    "the-sculpt-society": 6,
}
TYPES = {
    "workout": 25, "readiness_score": 20, "sleep_score": 18, "heart_rate": 14, "sleep": 10, "steps": 8, "glucose": 4,
    "daytime_stress": 1,
}  # fmt: skip
REASONS = {
    "toggle_off": 60,
    "not_current_day": 20,
    "grant_withdrawn": 12,
    "membership_lapsed": 6,
    "womens_health": 2,
}
KINDS = {
    ("release.permitted", Outcome.OUT): 30, ("delivery.delivered", Outcome.OUT): 30,
    ("release.refused", Outcome.BLOCKED): 16, ("import.permitted", Outcome.IN): 14,
    ("toggle.on", Outcome.NONE): 5, ("api.answered", Outcome.OUT): 4, ("grant.given", Outcome.NONE): 1,
}  # fmt: skip
BLANKS = {
    "at": "2026-11-20T12:00:00.000000Z", "id": "00000000-0000-4000-8000-000000000001", "subject": "b" * 32,
    "grant": "00000000-0000-4000-8000-000000000002",
    "delivery": "00000000-0000-4000-8000-000000000003", "document": "d" * 64, "commitment": "e" * 64,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of entry about one partner and type: its columns, and its bytes with room for the references."""

    columns: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Made:
    """One entry, ready for COPY's text form."""

    line: str
    body: bytes


def entries(count: int, *, until: datetime, seed: int = 4) -> Iterator[Made]:
    """Yield `count` entries over the year before `until`, nearly in the order of their times."""
    draw = random.Random(seed)  # noqa: S311 (which entry is next, no secret)
    subjects = [_subject(number) for number in range(max(20, count // A_SUBJECT))]
    forms, begin = _forms(), until - YEAR
    kinds = {partner: _drawn(draw, forms[partner], 997) for partner in forms}
    for number in range(count):
        subject, partner, grant = subjects[int(draw.random() * draw.random() * len(subjects))]
        form = kinds[partner][draw.randrange(997)]
        at = begin + YEAR * ((number + draw.random()) / count)
        yield _made(form, at, draw.getrandbits(128), subject, grant)


def check() -> None:
    """Raise RuntimeError unless the entries made here are those that the log itself would have written."""
    for made in entries(500, until=datetime.now(UTC)):
        told = json.loads(made.body)
        said = {name: str(value) for name, value in columns(told).items()}
        ref, _, *words = made.line.split("\t")[:8]
        order = ("event_id", "subject", "kind", "partner", "outcome", "reason", "types")
        if chain.canonical(told) != made.body or [ref, *words] != [said[name] for name in order]:
            raise RuntimeError("The bench measures the wrong thing: its entries are not the log's own.")


def _made(form: Form, at: datetime, number: int, subject: str, grant: str) -> Made:
    moment, ref = written(at), str(UUID(int=number, version=4))
    digest = f"{number:032x}" * 2
    body = form.body % {
        b"at": moment.encode(), b"id": ref.encode(), b"subject": subject.encode(), b"grant": grant.encode(),
        b"document": digest.encode(), b"commitment": digest[::-1].encode(),
        b"delivery": str(UUID(int=number ^ 1, version=4)).encode(),
    }  # fmt: skip
    leaf = chain.leaf_hash(body).hex()
    return Made(f"{ref}\t{moment}\t{subject}\t{form.columns}\t\\\\x{body.hex()}\t\\\\x{leaf}\n", body)


COLUMNS = "event_id, at, subject, kind, partner, outcome, reason, types, body, leaf"


def _subject(number: int) -> tuple[str, str, str]:
    """Return a pseudonym, the one partner it is for, and its grant."""
    digest = hashlib.sha256(b"%d" % number).hexdigest()
    weighed = [partner for partner, weight in PARTNERS.items() for _ in range(weight)]
    return digest[:32], weighed[number * 37 % len(weighed)], str(UUID(hex=digest[32:], version=4))


def _drawn(draw: random.Random, weighed: list[tuple[Form, int]], count: int) -> list[Form]:
    return draw.choices([form for form, _ in weighed], [weight for _, weight in weighed], k=count)


def _forms() -> dict[str, list[tuple[Form, int]]]:
    forms: dict[str, list[tuple[Form, int]]] = {partner: [] for partner in PARTNERS}
    for partner, listed in forms.items():
        for (kind, outcome), often in KINDS.items():
            for data_type, of_type in TYPES.items():
                reasons = REASONS if outcome == Outcome.BLOCKED else {"permitted": 100}
                for reason, of_reason in reasons.items():
                    listed.append(
                        (_form(partner, kind, outcome, data_type, reason), often * of_type * of_reason)
                    )
    return forms


def _form(partner: str, kind: str, outcome: Outcome, data_type: str, reason: str) -> Form:
    entry = an_event(kind, partner=partner, outcome=outcome, data_type=data_type, reason=reason).entry()
    entry.update({name: BLANKS[name] for name in ("at", "id", "subject")})
    told = columns(entry)
    body = chain.canonical(entry).replace(b"%", b"%%")
    for name, blank in BLANKS.items():
        body = re.sub(re.escape(blank.encode()), f"%({name})b".encode(), body)
    return Form("\t".join(told[name] for name in ("kind", "partner", "outcome", "reason", "types")), body)


def an_event(
    kind: str = "release.permitted",
    *,
    partner: str = "strava",
    outcome: Outcome = Outcome.OUT,
    data_type: str = "workout",
    reason: str = "permitted",
    at: datetime | None = None,
) -> Event:
    """Return an event with the facts that the gate writes down."""
    facts: dict[str, Any] = {
        "grant": BLANKS["grant"], "epoch": 1, "notice": "sha256:" + "9a" * 32, "flow": f"export:{data_type}",
        "document": BLANKS["document"], "policy": POLICY, "fields": ["day", "score"],
        "commitment": BLANKS["commitment"],
    }  # fmt: skip
    if kind.startswith(("release", "delivery", "import")):
        facts["delivery"] = BLANKS["delivery"]
    if reason != "permitted" or kind.startswith(("release", "import", "api")):
        facts["reason"] = reason
    return Event(
        kind=kind,
        actor="ringfence",
        subject=BLANKS["subject"],
        partner=partner,
        types=(data_type,),
        outcome=outcome,
        at=at or datetime.now(UTC),
        facts=facts,
    )
