"""Schemathesis reads our schema and asks whatever it allows, and much that it does not: never a failure of ours.

Over HTTP against a running server, with a key that opens everything (SR-4.8).
"""

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error

from tests.clients.conftest import Worn
from tests.support.sizes import size

EXAMPLES = size(10)  # valid ones of each operation, and as many that break its rules; there are some ninety


def test_nothing_that_the_schema_names_can_make_us_fail(live_server, lately: Worn):
    schema = schemathesis.openapi.from_url(f"{live_server.url}/api/schema/", timeout=60)
    key = lately.key()
    operations = [found.ok() for found in schema.get_all_operations()]
    assert {"/v2/usercollection/sleep", "/v2/sandbox/usercollection/sleep", "/api/v1/stop"} <= {
        operation.path for operation in operations
    }
    for operation in operations:
        for mode in GenerationMode:
            ask(operation.as_strategy(generation_mode=mode), key)


def ask(cases: SearchStrategy, key: str) -> None:
    """Send some of these with the key; Hypothesis shows the smallest that fails."""

    @hypothesis.seed(5)
    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=cases)
    def sent(case):
        answer = case.call(headers={"Authorization": f"Bearer {key}"}, timeout=60)
        case.validate_response(answer, checks=[not_a_server_error])

    sent()
