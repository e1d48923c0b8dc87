"""Turns a list of words into one automaton: a regular expression that shares beginnings and finds the longest word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any


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
