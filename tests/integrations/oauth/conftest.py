"""A member in a browser, and a program of the demo world beside them."""

import pytest
from django.test import Client

from records.members.models import Member
from tests.factories import make_member
from tests.support.program import Program, browser_of


@pytest.fixture
def lin(db) -> Member:
    return make_member()


@pytest.fixture
def tab(lin: Member) -> Client:
    return browser_of(lin)


@pytest.fixture
def sahha(db) -> Program:
    """A program that has to prove its code by PKCE."""
    return Program.of_demo("sahha")


@pytest.fixture
def legacy(db) -> Program:
    """A program whose reviewers recorded that it sends no challenge."""
    return Program.of_demo("legacy-client")
