"""The entries that fill the log for the audit benches are those that the log itself would have written."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from audit.proofs.telling import read
from bench import audit_entries
from bench.audit_entries import YEAR, entries

pytestmark = pytest.mark.once
UNTIL = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_entries_made_by_the_thousand_have_the_bytes_and_columns_of_entries_made_one_by_one() -> None:
    audit_entries.check()


def test_they_are_spread_over_a_year_and_over_partners_kinds_and_reasons() -> None:
    told = [read(made.body) for made in entries(3_000, until=UNTIL)]
    times = [datetime.fromisoformat(each.at) for each in told]

    assert UNTIL - YEAR <= min(times) < UNTIL - YEAR + timedelta(days=1)
    assert UNTIL - timedelta(days=1) < max(times) <= UNTIL
    assert len({each.id for each in told}) == 3_000
    assert {each.partner for each in told} == set(audit_entries.PARTNERS)
    assert {(each.kind, each.outcome) for each in told} == set(audit_entries.KINDS)
    assert set(Counter(each.facts.reason for each in told if each.outcome == "blocked")) <= set(
        audit_entries.REASONS
    )
