"""Turns a list of words into one automaton: a regular expression that shares beginnings and finds the longest word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

LONG = 200  # from this length on whole arrays are quicker than an expression


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


class Finder:
    """Finds the longest of many words at each place of a text; by their first two characters, then by length."""

    __slots__ = ("_begins", "_by", "_pairs")

    def __init__(self, words: Iterable[str]) -> None:
        by: dict[str, list[str]] = {}
        for word in set(words):
            if len(word) >= 2:
                by.setdefault(word[:2], []).append(word)
        self._by = {first: tuple(sorted(found, key=len, reverse=True)) for first, found in by.items()}
        first, second = ("".join(map(re.escape, sorted({pair[n] for pair in by}))) for n in (0, 1))
        self._begins = re.compile(f"[{first}](?=[{second}])" if by else "(?!)")
        self._pairs = np.zeros(1 << 16, np.bool_)  # of each pair a place: others may share it
        for pair in by:
            self._pairs[_place(ord(pair[0]), ord(pair[1]))] = True

    def match(self, text: str, at: int = 0) -> str:
        """Return the longest word that begins at a place, or an empty text."""
        for word in self._by.get(text[at : at + 2], ()):
            if text.startswith(word, at):
                return word
        return ""

    def all(self, text: str) -> list[tuple[int, str]]:
        """Return the words of a text with where they begin, none inside another."""
        found: list[tuple[int, str]] = []
        by, end = self._by, 0
        for at in self._perhaps(text):
            if at >= end and (candidates := by.get(text[at : at + 2])):
                for word in candidates:
                    if text.startswith(word, at):
                        found.append((at, word))
                        end = at + len(word)
                        break
        return found

    def _perhaps(self, text: str) -> Iterator[int] | list[int]:
        """Return the places at which a word may begin."""
        if len(text) < LONG:
            return (match.start() for match in self._begins.finditer(text))
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
        found: list[int] = np.flatnonzero(self._pairs[_place(codes[:-1], codes[1:])]).tolist()
        return found


def _place(first: Any, second: Any) -> Any:
    """Return the place of a pair of characters in a table of 65,536; of numbers or of arrays."""
    return (first * 31 ^ second) & 0xFFFF
