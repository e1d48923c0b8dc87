"""Turns a list of words into one automaton: a regular expression that shares beginnings and finds the longest word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
LONGEST = 40  # characters of a word


def any_of(words: Iterable[str]) -> str:
    """Return an expression that matches the longest of these words; `(?!)` where there are none."""
    tree: dict[str, Any] = {}
    for word in words:
        at = tree
        for character in word:
            at = at.setdefault(character, {})
        if word:
            at[""] = True
    return _written(tree) if tree else "(?!)"


def _written(tree: dict[str, Any]) -> str:
    ends = "" in tree
    singles: list[str] = []
    longer: list[str] = []
    for character in sorted(k for k in tree if k):
        below = tree[character]
        if set(below) == {""}:
            singles.append(character)
        else:
            longer.append(re.escape(character) + _written(below))
    if len(singles) > 1:
        longer.append("[" + "".join(re.escape(c) for c in singles) + "]")
    elif singles:
        longer.append(re.escape(singles[0]))
    body = longer[0] if len(longer) == 1 and not ends else f"(?:{'|'.join(longer)})"
    return body + ("?" if ends and longer else "")


def matches(first: re.Pattern[str], pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    """Return the matches of `pattern`, as finditer does, tried only where `first`, which is quick, finds something."""
    found: list[re.Match[str]] = []
    end = 0
    for start in first.finditer(text):
        at = start.start()
        if at >= end and (match := pattern.match(text, at)):
            found.append(match)
            end = match.end()
    return found


@njit(cache=True, nogil=True)
def _place(first: int, second: int) -> int:
    """Return the place of a pair of characters in a table of 65,536."""
    return (first * 331 ^ second) & 0xFFFF


@njit(cache=True, nogil=True)
def _slot(keys: Ints, key: int) -> int:
    """Return the place of a key in a table of keys, or the free place where it belongs; -1 is free."""
    size = keys.shape[0] - 1
    at = (key ^ key >> 15) * 0x2545F491 & size
    while keys[at] != key and keys[at] != -1:
        at = at + 1 & size
    return int(at)


@njit(cache=True, nogil=True)
def _added(words: Ints, ends: Ints, keys: Ints, states: Ints, whole: Bools, pairs: Bools) -> None:
    """Fill an automaton with words one behind the other, each ending at one of `ends`."""
    count, start = 1, 0
    for end in ends:
        state = 0
        pairs[_place(words[start], words[start + 1])] = True
        for i in range(start, end):
            slot = _slot(keys, state << 21 | words[i])
            if keys[slot] == -1:
                keys[slot] = state << 21 | words[i]
                states[slot] = count
                count += 1
            state = states[slot]
        whole[state] = True
        start = end


@njit(cache=True, nogil=True)
def _longest(text: Ints, keys: Ints, states: Ints, whole: Bools, pairs: Bools) -> Ints:
    """Return start and end of the longest words of a text, none inside another: (words, 2)."""
    n = text.shape[0]
    found = np.zeros((n // 2 + 1, 2), np.int64)
    count = i = 0
    while i < n - 1:
        end = 0
        if pairs[_place(text[i], text[i + 1])]:
            state, j = 0, i
            while j < n:
                slot = _slot(keys, state << 21 | text[j])
                if keys[slot] == -1:
                    break
                state = states[slot]
                j += 1
                if whole[state]:
                    end = j
        if end:
            found[count] = i, end
            count += 1
        i = max(i + 1, end)
    return found[:count]


def codes(text: str) -> Ints:
    """Return the code points of a text; halves of characters stand for themselves."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.int64)


class Finder:
    """Finds the longest of many words (of two characters at least) at each place of a text: an automaton in arrays."""

    __slots__ = ("_arrays",)

    def __init__(self, words: Iterable[str]) -> None:
        known = sorted({word for word in words if len(word) >= 2})
        length = sum(map(len, known))
        size = 1 << max(4, (2 * length + 2).bit_length())
        keys, states = np.full(size, -1, np.int64), np.zeros(size, np.int64)
        whole, pairs = np.zeros(length + 1, np.bool_), np.zeros(1 << 16, np.bool_)
        ends = np.cumsum([len(word) for word in known], dtype=np.int64)
        _added(codes("".join(known)), ends, keys, states, whole, pairs)
        self._arrays = keys, states, whole, pairs

    def match(self, text: str, at: int = 0) -> str:
        """Return the longest word that begins at a place, or an empty text."""
        found = self.all(text[at : at + LONGEST])
        return found[0][1] if found and found[0][0] == 0 else ""

    def all(self, text: str) -> list[tuple[int, str]]:
        """Return the words of a text with where they begin, none inside another."""
        return [(start, text[start:end]) for start, end in self.found(codes(text)).tolist()]

    def found(self, text: Ints) -> Ints:
        """Return start and end of the words of a text told as code points: (words, 2)."""
        return _longest(text, *self._arrays)
