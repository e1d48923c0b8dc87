"""How text is cut so that one and two Chinese signs, numbers and parts of words are found alike on every database.

Chinese (and every other sign that is no Latin letter or digit) gives each sign and each pair of neighbours; Latin
letters and digits give each one, each pair and each three in a row, so that any part of a number is found. A question
gives the fewest of those that its text must have; whether it really stands there is looked at in what is found.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_RUNS = re.compile(r"[0-9a-z]+|[^\W0-9a-z_]+")
_LATIN = re.compile(r"[0-9a-z]")
LONGEST = 20_000  # signs of one case that are taken into the index
MOST = 40  # tokens of one question


def folded(text: str) -> str:
    """Return text as it is compared: full-width signs as half-width ones, capitals as small letters."""
    return unicodedata.normalize("NFKC", text).casefold()


def of_text(texts: Iterable[str]) -> set[str]:
    """Return every token that some question may ask for."""
    found: set[str] = set()
    for text in texts:
        for run in _RUNS.findall(folded(text[:LONGEST])):
            if _LATIN.match(run):
                found.update(run, _parts(run, 2), _parts(run, 3))
            else:
                found.update(_coded(sign) for sign in run)
                found.update(map(_coded, _parts(run, 2)))
    return found


def of_question(text: str) -> list[str]:
    """Return the tokens that a text must have where the question stands; none where it holds no letter and no digit."""
    found: dict[str, None] = {}
    single: list[str] = []
    for run in _RUNS.findall(folded(text)):
        if not _LATIN.match(run):
            found.update(dict.fromkeys(map(_coded, _parts(run, 2) if len(run) > 1 else [run])))
        elif len(run) == 1:
            single.append(run)
        else:
            found.update(dict.fromkeys(_parts(run, min(len(run), 3))))
    return (list(found) or single)[:MOST]


def of_desk(desk: str) -> str:
    """Return the token of a desk; no text has one of its length."""
    return "desk" + hashlib.sha256(desk.encode()).hexdigest()[:12]


def holds(texts: Iterable[str], question: str) -> bool:
    """Whether every word of a question stands in one of the texts."""
    compared = [folded(text) for text in texts]
    return all(any(word in text for text in compared) for word in folded(question).split())


def _parts(run: str, length: int) -> list[str]:
    return [run[at : at + length] for at in range(len(run) - length + 1)]


@lru_cache(maxsize=50_000)
def _coded(signs: str) -> str:
    """Return signs as every database takes them for a word: common Chinese as it is, others by their code."""
    return "".join(sign if 0x3400 <= ord(sign) <= 0x9FFF else f"x{ord(sign):x}" for sign in signs)
