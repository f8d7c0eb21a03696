import pytest

from records.members import keys
from records.members.keyring import Key
from records.members.models import Member


@pytest.fixture
def key(db) -> Key:
    return keys.key_of(Member.objects.create_user("maya@records.example", "x").id)


@pytest.fixture
def other_key(db) -> Key:
    return keys.key_of(Member.objects.create_user("noah@records.example", "x").id)
