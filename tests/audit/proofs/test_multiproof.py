"""An export's rows are shown to stand in the log by the fewest hashes, and no altered row passes (SR-8.2)."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.proofs import tree
from audit.proofs.multiproof import ProofRefused, multiproof, multiproof_root
from tests.audit.proofs.trees import InMemory, leaves, mth

pytestmark = pytest.mark.once
MOST = 300
ROW = leaves(MOST)
MEMORY = InMemory(ROW)


def plainly(included: set[int], row: Sequence[bytes], first: int = 0) -> list[bytes]:
    """The definition, by recursion over every leaf."""
    if not included & set(range(first, first + len(row))):
        return [mth(row)] if row else []
    if len(row) == 1:
        return []
    cut = tree.split(0, len(row))
    return plainly(included, row[:cut], first) + plainly(included, row[cut:], first + cut)


def runs(included: set[int]) -> list[tuple[int, int]]:
    return [(index, index + 1) for index in sorted(included)]


@st.composite
def parts_of_a_log(draw: st.DrawFn) -> tuple[int, set[int]]:
    size = draw(st.integers(1, MOST))
    spans = draw(st.lists(st.tuples(st.integers(0, size - 1), st.integers(1, size)), max_size=6))
    return size, {index for first, count in spans for index in range(first, min(size, first + count))}


def rooted(size: int, included: set[int], proof: list[bytes], row: Sequence[bytes] = ROW) -> bytes:
    return multiproof_root(size, ((index, row[index]) for index in sorted(included)), proof)


@given(parts_of_a_log())
def test_the_proof_is_the_shortest_and_leads_to_the_root(part: tuple[int, set[int]]):
    size, included = part
    proof = list(multiproof(size, runs(included), MEMORY))
    assert proof == plainly(included, ROW[:size])
    assert rooted(size, included, proof) == mth(ROW[:size])


@given(parts_of_a_log())
def test_long_runs_and_single_rows_give_the_same_proof(part: tuple[int, set[int]]):
    size, included = part
    long = [
        (index, next(past for past in range(index, size + 1) if past not in included))
        for index in sorted(included)
        if index - 1 not in included
    ]
    assert list(multiproof(size, long, MEMORY)) == list(multiproof(size, runs(included), MEMORY))


@given(parts_of_a_log(), st.data())
def test_a_row_altered_left_out_added_or_moved_does_not_lead_to_the_root(part, data: st.DataObject):
    size, included = part
    root = mth(ROW[:size])
    proof = list(multiproof(size, runs(included), MEMORY))
    chosen = data.draw(st.integers(0, size - 1))
    assert not leads(root, size, included ^ {chosen}, proof)
    if chosen in included:
        altered = [*ROW[:chosen], ROW[chosen - 1], *ROW[chosen + 1 :]]
        assert not leads(root, size, included, proof, altered)
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        assert not leads(root, size, included, proof[:at] + proof[at + 1 :])
    assert not leads(root, size, included, [*proof, root])


def leads(root: bytes, size: int, included: set[int], proof: list[bytes], row: Sequence[bytes] = ROW) -> bool:
    try:
        return rooted(size, included, proof, row) == root
    except ProofRefused:
        return False


@given(st.lists(st.integers(-2, 9), max_size=9), st.integers(0, 8), st.lists(st.just(ROW[0]), max_size=5))
def test_rows_out_of_order_or_outside_the_log_are_refused(indexes: list[int], size: int, proof: list[bytes]):
    in_order = indexes == sorted(set(indexes)) and all(0 <= index < size for index in indexes)
    if not in_order:
        with pytest.raises(ProofRefused):
            multiproof_root(size, ((index, ROW[0]) for index in indexes), proof)


@given(st.lists(st.integers(-1, 12), min_size=1, max_size=4))
def test_runs_out_of_order_or_outside_the_log_are_refused(edges: list[int]):
    given_runs = list(zip(edges[::2], edges[1::2], strict=False))
    flat = [edge for run in given_runs for edge in run]
    if flat != sorted(flat) or any(not 0 <= edge <= 9 for edge in flat):
        with pytest.raises(tree.NotInTheTree):
            list(multiproof(9, given_runs, MEMORY))


def test_a_whole_log_needs_no_hash_and_no_row_needs_the_root():
    assert list(multiproof(MOST, [(0, 256), (256, 256), (256, MOST)], MEMORY)) == []
    assert list(multiproof(MOST, [], MEMORY)) == [mth(ROW)]
    assert list(multiproof(0, [], MEMORY)) == []
    assert multiproof_root(0, [], []) == tree.EMPTY


@given(st.integers(0, MOST - 1))
@settings(max_examples=20)
def test_a_proof_for_one_row_holds_the_hashes_of_its_audit_path(index: int):
    proof = list(multiproof(MOST, [(index, index + 1)], MEMORY))
    assert sorted(proof) == sorted(tree.inclusion_proof(index, MOST, MEMORY))


def test_a_long_run_is_not_walked_leaf_by_leaf():
    """Ten thousand million leaves and three runs: done in the time of a few hundred hashes."""

    class Far:
        reads = 0

        def node(self, level: int, index: int) -> bytes:
            Far.reads += 1
            return ROW[level]

    list(multiproof(10**10, [(5, 10**9), (10**9, 3 * 10**9), (9 * 10**9, 10**10 - 1)], Far()))
    assert Far.reads < 200
