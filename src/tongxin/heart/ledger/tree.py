"""The Merkle tree of RFC 6962 as pure functions: hashes, the growing edge, proofs and their checks.

Positions: a node `(level, index)` covers the leaves [index·2^level, (index+1)·2^level); level 0 is the leaves.
Only complete nodes are kept; the right edge of an odd-sized tree is folded from them when it is needed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

Position = tuple[int, int]
Span = tuple[int, int]
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(body: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256(0x00 ‖ body)."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(peaks: list[bytes], size: int, leaf: bytes) -> list[tuple[Position, bytes]]:
    """Add leaf number `size` to the peaks in place; return the inner nodes that this completes, lowest first."""
    completed: list[tuple[Position, bytes]] = []
    carried, level, index = leaf, 0, size
    while index & 1:
        carried = node_hash(peaks.pop(), carried)
        level, index = level + 1, index >> 1
        completed.append(((level, index), carried))
    peaks.append(carried)
    return completed


def fold(peaks: Sequence[bytes]) -> bytes:
    """Return the root over peaks given from the largest to the smallest."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def cover(start: int, end: int) -> list[Position]:
    """Return the complete nodes, largest first, whose fold is the hash over the leaves [start, end).

    `start` must be a multiple of the largest power of two below the length, as it is in every proof.
    """
    found: list[Position] = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def inclusion_spans(index: int, size: int) -> list[Span]:
    """Return the spans whose hashes prove that leaf `index` is in the tree of `size`, nearest first."""
    if not 0 <= index < size:
        raise ValueError("an inclusion proof needs 0 <= index < size")
    start, end, spans = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """Return the spans whose hashes prove that the tree of `old` is the beginning of the tree of `new`."""
    if not 0 < old <= new:
        raise ValueError("a consistency proof needs 0 < old <= new")
    start, end, whole, spans = 0, new, True, []
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start, whole = middle, False
    if not whole:
        spans.append((start, end))
    return spans[::-1]


def positions(spans: Sequence[Span]) -> list[Position]:
    """Return every stored node that hashes of these spans are folded from."""
    return [position for start, end in spans for position in cover(start, end)]


def hashes(spans: Sequence[Span], nodes: Mapping[Position, bytes]) -> list[bytes]:
    """Return the hash of each span, folded from stored nodes."""
    return [fold([nodes[position] for position in cover(start, end)]) for start, end in spans]


def prove(spans: Sequence[Span], fetch: Callable[[list[Position]], Mapping[Position, bytes]]) -> list[bytes]:
    """Return the proof over `spans`; `fetch` brings the stored nodes in one go."""
    return hashes(spans, fetch(positions(spans)))


def inclusion_holds(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether `proof` shows `leaf` at `index` in the tree of `size` with `root` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, computed = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            computed = node_hash(step, computed)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            computed = node_hash(computed, step)
        at, last = at >> 1, last >> 1
    return last == 0 and computed == root


def consistency_holds(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether `proof` shows the tree of `old` to be the beginning of that of `new` (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    steps = list(proof)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, step)
        at, last = at >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def _split(length: int) -> int:
    """Return the largest power of two smaller than `length`."""
    return 1 << ((length - 1).bit_length() - 1)
