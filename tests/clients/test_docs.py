"""What engineers of partners read is what the tables say: each scope with what it opens, each limit and collection."""

from pathlib import Path

import pytest
from django.conf import settings

from integrations.api.routes import COLLECTIONS
from integrations.oauth.scopes import OPENED_BY, SCOPES

pytestmark = pytest.mark.once
DOCS = Path(__file__).resolve().parents[2] / "docs" / "partners"


def rows() -> list[list[str]]:
    """The table of scopes, cell by cell."""
    text = (DOCS / "oauth.md").read_text().partition("## What each scope leads to")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def named(cell: str) -> set[str]:
    return {part for number, part in enumerate(cell.split("`")) if number % 2}


def test_the_table_of_scopes_names_every_scope_with_what_it_opens():
    told = {scope: row for row in rows() for scope in named(row[0])}
    assert set(told) == set(SCOPES)
    for scope, row in told.items():
        opens = {name for name, by in OPENED_BY.items() if scope in by}
        assert named(row[1]) - {"personal_info"} == opens
        assert len(row[2].replace(" and ", ", ").split(", ")) == len(SCOPES[scope])  # a switch for each flow


def test_every_collection_and_both_limits_are_in_the_page():
    text = (DOCS / "api.md").read_text()
    assert set(COLLECTIONS) <= named(text.replace("\n", " "))
    for limit in (
        settings.API_REQUESTS_PER_TOKEN,
        settings.API_REQUESTS_PER_APPLICATION,
        settings.API_PAGE_ROWS,
    ):
        assert f"{limit:,}" in text


def test_the_pages_lead_to_one_another():
    for name in ("oauth.md", "webhooks.md"):
        assert f"]({name})" in (DOCS / "api.md").read_text()
        assert (DOCS / name).is_file()
