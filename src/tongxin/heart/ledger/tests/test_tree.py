"""The tree against the published vectors of RFC 6962, and against its definition written down once more."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxin.heart.ledger import tree
from tongxin.heart.ledger.verifier import tongxin_verify as alone

# Inputs, roots and proofs of the Certificate Transparency test suite (RFC 6962 reference tree of eight leaves).
LEAVES = [
    bytes.fromhex(h)
    for h in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def defined(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word: the oracle."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + defined(leaves[:k]) + defined(leaves[k:])).digest()


def nodes_of(leaves: list[bytes]) -> dict[tree.Position, bytes]:
    kept: dict[tree.Position, bytes] = {}
    peaks: list[bytes] = []
    for n, body in enumerate(leaves):
        leaf = tree.leaf_hash(body)
        kept[(0, n)] = leaf
        kept.update(tree.grow(peaks, n, leaf))
    return kept


def test_the_published_roots():
    for size, root in enumerate(ROOTS, 1):
        nodes = nodes_of(LEAVES[:size])
        assert tree.fold([nodes[p] for p in tree.cover(0, size)]).hex() == root
        assert defined(LEAVES[:size]).hex() == root


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_the_published_inclusion_proofs(index, size):
    nodes = nodes_of(LEAVES)
    path = tree.hashes(tree.inclusion_spans(index, size), nodes)
    assert [h.hex() for h in path] == INCLUSION[(index, size)]


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_the_published_consistency_proofs(old, new):
    path = tree.hashes(tree.consistency_spans(old, new), nodes_of(LEAVES))
    assert [h.hex() for h in path] == CONSISTENCY[(old, new)]


bodies = st.lists(st.binary(max_size=6), min_size=1, max_size=70)


@given(bodies, st.data())
def test_growing_one_by_one_gives_the_defined_root(leaves, data):
    peaks: list[bytes] = []
    for n, body in enumerate(leaves):
        tree.grow(peaks, n, tree.leaf_hash(body))
    assert tree.fold(peaks) == defined(leaves)


@given(bodies, st.data())
def test_an_inclusion_proof_holds_for_its_leaf_and_for_no_other(leaves, data):
    size = data.draw(st.integers(1, len(leaves)))
    index = data.draw(st.integers(0, size - 1))
    path = tree.hashes(tree.inclusion_spans(index, size), nodes_of(leaves))
    root, leaf = defined(leaves[:size]), tree.leaf_hash(leaves[index])
    assert tree.inclusion_holds(index, size, leaf, path, root)
    assert alone.root_by_inclusion(index, size, leaf, path) == root
    other = (
        data.draw(st.integers(0, size - 1).filter(lambda i: leaves[i] != leaves[index]))
        if len(set(leaves[:size])) > 1
        else None
    )
    if other is not None:
        assert not tree.inclusion_holds(index, size, tree.leaf_hash(leaves[other]), path, root)
    assert not tree.inclusion_holds(index, size, leaf, [*path, b"\x00" * 32], root)
    assert alone.root_by_inclusion(index, size, leaf, [*path, b"\x00" * 32]) is None
    if path:
        assert not tree.inclusion_holds(index, size, leaf, path[:-1], root)
        assert alone.root_by_inclusion(index, size, leaf, path[:-1]) != root


@given(bodies, st.data())
def test_a_consistency_proof_holds_between_its_two_trees_and_for_no_other(leaves, data):
    new = data.draw(st.integers(1, len(leaves)))
    old = data.draw(st.integers(1, new))
    path = tree.hashes(tree.consistency_spans(old, new), nodes_of(leaves))
    old_root, new_root = defined(leaves[:old]), defined(leaves[:new])
    assert tree.consistency_holds(old, new, old_root, new_root, path)
    assert alone.roots_by_consistency(old, new, path, old_root) == (old_root, new_root)
    forked = bytes(32)
    assert not tree.consistency_holds(old, new, forked, new_root, path)
    assert alone.roots_by_consistency(old, new, path, forked) != (forked, new_root)
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        bent = [*path[:at], bytes(32), *path[at + 1 :]]
        assert not tree.consistency_holds(old, new, old_root, new_root, bent)
        assert alone.roots_by_consistency(old, new, bent, old_root) != (old_root, new_root)
