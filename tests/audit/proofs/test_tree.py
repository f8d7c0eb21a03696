"""The tree is RFC 6962's, leaf for leaf and proof for proof; whatever was touched is refused (SR-8.2)."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.log.chain import leaf_hash
from audit.proofs import tree
from tests.audit.proofs.trees import InMemory, leaves, mth, path, subproof

pytestmark = pytest.mark.once

# The eight leaves, and the roots over the first one to eight of them, that Certificate Transparency's tools test with.
KNOWN_LEAVES = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
KNOWN_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MOST = 300
ROW = leaves(MOST)
MEMORY = InMemory(ROW)
ROOTS = [mth(ROW[:size]) for size in range(MOST + 1)]


def altered(hashes: list[bytes], at: int) -> list[bytes]:
    return [*hashes[:at], sha256(hashes[at]).digest(), *hashes[at + 1 :]]


def test_the_roots_are_those_of_certificate_transparencys_eight_leaves():
    edge = tree.Frontier()
    assert edge.root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    for leaf, root in zip(KNOWN_LEAVES, KNOWN_ROOTS, strict=True):
        edge.extend([leaf_hash(leaf)])
        assert edge.root().hex() == root


def test_the_known_audit_paths_and_consistency_proofs_come_out():
    memory = InMemory([leaf_hash(leaf) for leaf in KNOWN_LEAVES])
    assert [step.hex() for step in tree.inclusion_proof(5, 8, memory)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [step.hex() for step in tree.consistency_proof(6, 8, memory)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@given(st.lists(st.integers(0, 80), max_size=8))
def test_the_root_does_not_depend_on_how_the_leaves_arrive(batches: list[int]):
    edge, size = tree.Frontier(), 0
    kept: dict[int, list[bytes]] = {}
    for batch in batches:
        for run in edge.extend(leaves(size + batch)[size:]):
            assert run.first == len(kept.setdefault(run.level, []))
            kept[run.level] += run.hashes
        size += batch
        assert edge.size == size
    row = leaves(size)
    assert edge.root() == mth(row) == tree.root(size, InMemory(row))
    assert kept == {run.level: list(run.hashes) for run in tree.Frontier().extend(row)}


@given(st.integers(0, MOST), st.integers(0, MOST))
def test_an_edge_taken_up_again_goes_on_as_before(size: int, more: int):
    resumed = tree.Frontier.at(size, MEMORY)
    apart = resumed.copy()
    resumed.extend(ROW[size : size + more])

    assert resumed.root() == ROOTS[min(MOST, size + more)]
    assert apart.root() == ROOTS[size]


@pytest.mark.parametrize("size", range(1, MOST + 1, 13))
def test_every_leaf_has_a_proof_and_no_altered_one_passes(size: int):
    for index in range(size):
        proof = tree.inclusion_proof(index, size, MEMORY)
        assert proof == path(index, ROW[:size])
        assert tree.verify_inclusion(ROW[index], index, size, proof, ROOTS[size])
        assert not tree.verify_inclusion(ROW[index - 1], index, size, proof, ROOTS[size]) or size == 1
        assert not tree.verify_inclusion(ROW[index], index, size, proof, ROOTS[size - 1])
        assert not tree.verify_inclusion(ROW[index], index + 1, size, proof, ROOTS[size])
        assert not tree.verify_inclusion(ROW[index], index, size, [*proof, ROOTS[size]], ROOTS[size])
        assert not tree.verify_inclusion(ROW[index], index, size, proof[:-1], ROOTS[size]) or not proof
        for at in range(len(proof)):
            assert not tree.verify_inclusion(ROW[index], index, size, altered(proof, at), ROOTS[size])


@pytest.mark.parametrize("new", range(1, MOST + 1, 13))
def test_every_older_tree_is_shown_to_be_the_beginning_and_no_altered_proof_passes(new: int):
    for old in range(1, new + 1):
        proof = tree.consistency_proof(old, new, MEMORY)
        assert proof == subproof(old, ROW[:new])
        assert tree.verify_consistency(old, ROOTS[old], new, ROOTS[new], proof)
        assert not tree.verify_consistency(old, ROOTS[old - 1], new, ROOTS[new], proof)
        assert not tree.verify_consistency(old, ROOTS[old], new, ROOTS[new - 1], proof)
        assert not tree.verify_consistency(old, ROOTS[old], new, ROOTS[new], [*proof, ROOTS[old]])
        assert not tree.verify_consistency(old, ROOTS[old], new, ROOTS[new], proof[:-1]) or not proof
        for at in range(len(proof)):
            assert not tree.verify_consistency(old, ROOTS[old], new, ROOTS[new], altered(proof, at))


@given(st.data())
def test_any_leaf_of_any_size_can_be_shown_and_at_no_other_place(data: st.DataObject):
    size = data.draw(st.integers(1, MOST))
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(-1, size + 1))
    proof = tree.inclusion_proof(index, size, MEMORY)
    assert tree.verify_inclusion(ROW[index], other, size, proof, ROOTS[size]) == (index == other)


@given(st.integers(1, MOST), st.integers(1, MOST))
def test_any_two_sizes_can_be_compared_and_a_fork_cannot(one: int, other: int):
    old, new = sorted((one, other))
    proof = tree.consistency_proof(old, new, MEMORY)
    forked = mth([*ROW[: old - 1], ROW[old]] if old < MOST else ROW[: old - 1])
    assert tree.verify_consistency(old, ROOTS[old], new, ROOTS[new], proof)
    assert not tree.verify_consistency(old, forked, new, ROOTS[new], proof)


def test_the_empty_tree_is_the_beginning_of_every_tree_and_nothing_else_is_empty():
    assert tree.consistency_proof(0, 7, MEMORY) == []
    assert tree.verify_consistency(0, tree.EMPTY, 7, ROOTS[7], [])
    assert tree.verify_consistency(0, tree.EMPTY, 0, tree.EMPTY, [])
    assert not tree.verify_consistency(0, ROOTS[1], 7, ROOTS[7], [])
    assert not tree.verify_consistency(0, tree.EMPTY, 7, ROOTS[7], [ROOTS[1]])


hashes = st.binary(min_size=32, max_size=32) | st.binary(max_size=40)


@given(hashes, st.integers(), st.integers(), st.lists(hashes, max_size=9), hashes)
def test_whatever_is_given_the_answer_is_no_and_never_an_error(leaf, index, size, proof, root):
    assert not tree.verify_inclusion(leaf, index, size, proof, root) or (size, index, leaf) == (1, 0, root)
    assert not tree.verify_consistency(index, leaf, size, root, proof) or index == size or leaf == tree.EMPTY


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_outside_the_tree_has_no_proof(index: int, size: int):
    with pytest.raises(tree.NotInTheTree):
        tree.inclusion_proof(index, size, MEMORY)


@pytest.mark.parametrize(("old", "new"), [(-1, 3), (4, 3)])
def test_a_larger_tree_is_not_the_beginning_of_a_smaller(old: int, new: int):
    with pytest.raises(tree.NotInTheTree):
        tree.consistency_proof(old, new, MEMORY)
