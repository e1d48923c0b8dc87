"""Tells reposts and near-duplicates: bulletins whose bodies share most of their eight-character pieces."""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Sequence

PIECE = 8
ONE_IN = 8
ALIKE = 0.6  # of the smaller one's pieces
SHORT = 240  # pieces: a text up to so long is compared by all of them, a longer one by every eighth
MANY = 50  # texts: a piece in more of them is a set phrase
SENTENCE = 40  # pieces: what shares fewer may tell one figure in the same words without being copied


def prints(text: str) -> frozenset[int]:
    """Return the marks of a text: the checksums of its pieces, of a long one every eighth, by value."""
    bare = re.sub(r"[\W_]+", "", text)
    sums = [zlib.crc32(bare[i : i + PIECE].encode()) for i in range(max(1, len(bare) - PIECE + 1))]
    if len(sums) <= SHORT:
        return frozenset(sums)
    return _every_eighth(sums) or frozenset({zlib.crc32(bare.encode())})


def _every_eighth(marks: Sequence[int] | frozenset[int]) -> frozenset[int]:
    return frozenset(m for m in marks if m % ONE_IN == 0)


def likeness(a: frozenset[int], b: frozenset[int]) -> float:
    """Return the share of the smaller text that stands in the larger, 0 to 1."""
    if _whole(a) != _whole(b):
        a, b = _every_eighth(a), _every_eighth(b)
    return len(a & b) / max(1, min(len(a), len(b)))


def _whole(marks: frozenset[int]) -> bool:
    """Whether all marks of a text are there, not every eighth."""
    return any(m % ONE_IN for m in marks)


def copies(a: frozenset[int], b: frozenset[int], phrases: frozenset[int] = frozenset()) -> bool:
    """Whether one text is a copy of another: the same, or most of the smaller one, and more than a sentence.

    `phrases`: marks of set phrases, which do not count as shared.
    """
    if a == b:
        return True
    if _whole(a) != _whole(b):
        a, b = _every_eighth(a), _every_eighth(b)
    shared = len((a & b) - phrases)
    needed = SENTENCE if _whole(a) and _whole(b) else SENTENCE // ONE_IN
    return shared >= needed and shared >= ALIKE * min(len(a), len(b))


def groups(texts: Sequence[frozenset[int]]) -> list[list[int]]:
    """Return the texts that are alike, each group by its members' places in order; a text alone is a group of one."""
    holders: dict[int, list[int]] = defaultdict(list)
    for i, marks in enumerate(texts):
        for mark in marks:
            holders[mark].append(i)
    phrases = frozenset(mark for mark, held in holders.items() if len(held) > MANY)
    near = {
        (i, j)
        for mark, held in holders.items()
        if mark not in phrases and (mark % ONE_IN == 0 or len(texts[held[0]]) < 2 * SENTENCE)
        for n, i in enumerate(held)
        for j in held[n + 1 :]
    }
    parent = list(range(len(texts)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, j in sorted(near):
        if root(i) != root(j) and copies(texts[i], texts[j], phrases):
            a, b = sorted((root(i), root(j)))
            parent[b] = a
    found: dict[int, list[int]] = defaultdict(list)
    for i in range(len(texts)):
        found[root(i)].append(i)
    return [found[i] for i in sorted(found)]
