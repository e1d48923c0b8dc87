"""Tells reposts and near-duplicates: bulletins whose bodies share most of their eight-character pieces."""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Sequence

PIECE = 8
ONE_IN = 8
ALIKE = 0.6  # of the smaller one's pieces


def prints(text: str) -> frozenset[int]:
    """Return the marks of a text: every eighth of the checksums of its pieces, chosen by value, not by place."""
    bare = re.sub(r"[\W_]+", "", text)
    sums = (zlib.crc32(bare[i : i + PIECE].encode()) for i in range(max(1, len(bare) - PIECE + 1)))
    return frozenset(s for s in sums if s % ONE_IN == 0) or frozenset({zlib.crc32(bare.encode())})


def likeness(a: frozenset[int], b: frozenset[int]) -> float:
    """Return the share of the smaller text that stands in the larger, 0 to 1."""
    return len(a & b) / max(1, min(len(a), len(b)))


def groups(texts: Sequence[frozenset[int]]) -> list[list[int]]:
    """Return the texts that are alike, each group by its members' places in order; a text alone is a group of one."""
    holders: dict[int, list[int]] = defaultdict(list)
    for i, marks in enumerate(texts):
        for mark in marks:
            holders[mark].append(i)
    parent = list(range(len(texts)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    shared: dict[tuple[int, int], int] = defaultdict(int)
    for held in holders.values():
        if len(held) <= 50:  # a piece in more texts is a set phrase
            for n, i in enumerate(held):
                for j in held[n + 1 :]:
                    shared[i, j] += 1
    for (i, j), count in shared.items():
        if count >= ALIKE * max(1, min(len(texts[i]), len(texts[j]))):
            a, b = sorted((root(i), root(j)))
            parent[b] = a
    found: dict[int, list[int]] = defaultdict(list)
    for i in range(len(texts)):
        found[root(i)].append(i)
    return [found[i] for i in sorted(found)]
