"""The bytes and the hash of an entry are what the standards say, so that an outsider can compute them again."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audit.log import chain
from audit.log.events import Event

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def test_the_leaf_is_rfc_6962s_hash_with_its_zero_byte() -> None:
    assert chain.leaf_hash(b"entry") == hashlib.sha256(b"\x00entry").digest()  # SR-8.2


def test_the_canonical_bytes_do_not_depend_on_the_order_of_keys() -> None:
    assert (
        chain.canonical({"b": 1, "a": "é"})
        == chain.canonical({"a": "é", "b": 1})
        == '{"a":"é","b":1}'.encode()
    )


@given(st.dictionaries(st.text(max_size=8), json_values, max_size=4))
def test_equal_entries_have_equal_bytes_and_others_do_not(entry) -> None:
    assert chain.canonical(dict(reversed(entry.items()))) == chain.canonical(entry)
    assert chain.canonical({**entry, "added": 1}) != chain.canonical({**entry, "added": 2})


keys = st.text(max_size=8) | st.text(st.characters(codec="ascii"), max_size=8)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(keys, anything, max_size=4))
def test_an_entry_s_bytes_are_those_of_rfc_8785_whichever_way_they_were_written(entry) -> None:
    try:
        expected = rfc8785.dumps(entry)
    except rfc8785.CanonicalizationError:
        with pytest.raises(chain.EntryRefused):
            chain.canonical(entry)
    else:
        assert chain.canonical(entry) == expected


def test_every_character_is_written_as_rfc_8785_writes_it() -> None:
    for first in range(0, 0x11000, 64):
        told = {"facts": "".join(chr(n) for n in range(first, first + 64) if not 0xD800 <= n < 0xE000)}
        assert chain.canonical(told) == rfc8785.dumps(told)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1: 2}], ids=str)
def test_what_json_has_no_form_for_is_refused(value) -> None:
    with pytest.raises(chain.EntryRefused):
        chain.canonical({"facts": value})


def test_an_entry_over_four_kibibytes_is_refused() -> None:
    with pytest.raises(chain.EntryRefused, match="4096"):  # SR-8.1
        chain.canonical({"facts": "x" * 4096})


def test_an_event_is_written_in_utc_whatever_its_zone() -> None:
    in_helsinki = NOON.astimezone(timezone(timedelta(hours=2)))
    event = Event(kind="grant.given", actor="member", subject="s", at=in_helsinki)

    assert event.entry()["at"] == "2026-11-20T12:00:00.000000Z"
