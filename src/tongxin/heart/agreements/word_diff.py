"""Marks which words of a sentence went and which came, so that a reader sees the change inside it. Pure."""

from __future__ import annotations

import difflib
import re

WORD = re.compile(r"[A-Za-z0-9_]+|\s+|.", re.DOTALL)  # a Chinese sign is a word of its own
Marked = list[tuple[str, str]]


def marked(old: str, new: str) -> tuple[Marked, Marked]:
    """Return both texts in pieces: `same`, and in the old one `gone`, in the new one `come`.

    >>> marked("within one hour", "within two hours")[1]
    [('same', 'within '), ('come', 'two'), ('same', ' '), ('come', 'hours')]
    """
    one, two = WORD.findall(old), WORD.findall(new)
    left: Marked = []
    right: Marked = []
    for op, a, b, c, d in difflib.SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if op == "equal":
            left.append(("same", "".join(one[a:b])))
            right.append(("same", "".join(two[c:d])))
            continue
        if b > a:
            left.append(("gone", "".join(one[a:b])))
        if d > c:
            right.append(("come", "".join(two[c:d])))
    return left, right
