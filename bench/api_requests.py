"""G5 and G7: what a request of the partner API costs, then G8 on the same database.

One process answers all requests, through the whole application with its middleware, on the database that is configured.
What else the machine does falls on both sides in turn; the quietest calls of each are held against one another.
"""

import io
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import include, path

from bench import api_stops, plain
from bench.database import thrown_away
from bench.goals import Goal, side_by_side
from bench.tail import at
from consent.gate import door
from integrations.oauth import demo, issuing
from records import generator
from records.admission import NewDocument
from records.members.models import Member

RECORDS, MANY = 30, 360
KIND = "sleep"
TODAY = datetime.now(UTC).date()
OURS, BESIDE = f"/v2/usercollection/{KIND}", f"/bench/{KIND}"
ROUNDS, CALLS = 60, 100
NO_LIMIT = {"API_REQUESTS_PER_TOKEN": 10**9, "API_REQUESTS_PER_APPLICATION": 10**9}
ENDS = ("BEGIN", "COMMIT")
Ask = Callable[[], bytes]
urlpatterns: list[Any] = []  # filled once the plain table is there


def goals() -> Iterator[Goal]:
    with thrown_away(), override_settings(ROOT_URLCONF=__name__, **NO_LIMIT):
        member = _member()
        token = _token(member)
        table = plain.table_of(KIND)
        plain.filled(table, member.pk, [dict(made.body) for made in _days() if made.kind == KIND])
        urlpatterns[:] = [
            path(BESIDE.removeprefix("/"), plain.view_of(table)),
            path("", include("integrations.api.urls")),
        ]
        yield _statements(asking(OURS, token, days=RECORDS), asking(OURS, token, days=MANY))
        yield from _beside(asking(OURS, token, days=RECORDS), asking(BESIDE, token, days=RECORDS))
        yield from api_stops.goals(asking(OURS, token, days=1))


def _statements(few: Ask, many: Ask) -> Goal:
    """Count what a request of few and one of many records ask of the database."""
    few(), many()
    counts = []
    for ask in (few, many):
        with CaptureQueriesContext(connection) as captured:
            ask()
        told = [each["sql"] for each in captured]
        if sum(sql == "COMMIT" for sql in told) != 1:
            raise RuntimeError("The bench measures the wrong thing: a request has not one commit.")
        counts.append(sum(not sql.startswith(ENDS) for sql in told))
    return Goal(
        "G5", f"SQL statements of a request of {MANY} records ({counts[0]} with {RECORDS}), and one commit",
        max(counts), 5, True, "",
    )  # fmt: skip


def _beside(ours: Ask, theirs: Ask) -> Iterator[Goal]:
    """Hold our endpoint against the default one, call by call in turns."""
    careful, default = side_by_side(ours, theirs, times=3, rounds=ROUNDS)
    yield Goal(
        "G7", f"a request of {RECORDS} nights with gate, projection, unsealing, limit and audit commit "
        f"({careful * 1e3:.2f} ms) against a default DRF and OAuth-toolkit view without any of them "
        f"({default * 1e3:.2f} ms)", default / careful, 1.3,
    )  # fmt: skip
    rounds = [sorted(_seconds(ours) for _ in range(CALLS)) for _ in range(9)]
    tails = sorted(at(each, 0.99) / at(each, 0.5) for each in rounds)
    yield Goal(
        "G7", f"p99 against p50 of such requests, the quietest of {len(rounds)} rounds "
        f"({at(tails, 0.5):.2f} in the middle one)", tails[0], 5, True,
    )  # fmt: skip


def _seconds(ask: Ask) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


def asking(address: str, token: str, *, days: int) -> Ask:
    """Return a request of so many days, answered in this process by the whole application."""
    handler = WSGIHandler()
    asked = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": address,
        "QUERY_STRING": f"start_date={TODAY - timedelta(days=days - 1)}&end_date={TODAY}",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "wsgi.url_scheme": "http",
    }

    def ask() -> bytes:
        told: list[str] = []
        surroundings = {**asked, "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO()}
        response = handler(surroundings, _told(told))
        body = b"".join(response)
        response.close()
        if told != ["200 OK"]:
            raise RuntimeError(f"The bench measures the wrong thing: {address} answers {told}.")
        return body

    return ask


def _told(statuses: list[str]) -> Any:
    return lambda status, headers, error=None: statuses.append(status)


def _member() -> Member:
    member = Member.objects.create_user("bench@bench.example", timezone="UTC")
    door.admit(member_id=member.id, documents=list(_days()))
    return member


def _days() -> Iterator[NewDocument]:
    made = generator.days("bench", until=TODAY, count=MANY, timezone="UTC", cycle=False)
    return (each for each in made if each.kind == KIND)


def _token(member: Member) -> str:
    now = datetime.now(UTC)
    demo.load(at=now)
    told = issuing.issue(email=member.email, client_id="sahha", scope="", on="all", at=now)
    return str(told["access_token"])
