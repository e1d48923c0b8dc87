"""The parts of a sentence that make up the name of a figure, learned from examples (`data/name_examples.txt`)."""

from __future__ import annotations

import gzip
import re
import zlib
from bisect import bisect_left
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
import rjieba

from tongxin.petals.evidence.engine import name_kernels as kernels
from tongxin.petals.evidence.engine.facts import Mention
from tongxin.petals.evidence.engine.places import RELATIVE, Seen
from tongxin.petals.evidence.engine.tables import HERE

WEIGHTS = "name_weights.gz"
STEP = 1 / 64  # weights are kept as whole numbers of this
CLAUSE_ENDS = frozenset("，。；,;：:")
LEFT_OUT = CLAUSE_ENDS | {"、", " ", "\u3000", "*"}
BORDERS = LEFT_OUT | frozenset("“”（）()")
VERB = re.compile("了|将|已|达|实现|完成|建成|增长|是|为|均|在|由")
BACK, FORTH = 70, 45  # so many characters before and behind a figure are looked at
KIND = {
    kind: i for i, kind in enumerate((
        "money", "count", "person", "area", "length", "mass", "volume", "energy", "power", "data", "time", "percent",
        "points", "rate", "ratio", "measure", "days",
    ))
}  # fmt: skip
ROLE = {role: i for i, role in enumerate(("main", "change", "points", "share"))}


Parts = Callable[[str, "Letters", list[Mention], list[Seen]], list[list[int]]]


class Model(NamedTuple):
    """What was learned, in whole steps: a weight for each place of the table, and for each change of label."""

    weights: kernels.Steps
    change: kernels.Steps

    def packed(self) -> bytes:
        """Return the model as bytes."""
        every = np.concatenate([self.change.ravel(), self.weights]).astype("<i2")
        return gzip.compress(every.tobytes(), 9, mtime=0)


def rounded(weights: kernels.Floats, change: kernels.Floats) -> Model:
    """Return a model of these weights, rounded to whole steps."""
    return Model(_steps(weights), _steps(change))


def _steps(values: kernels.Floats) -> kernels.Steps:
    return np.clip(np.rint(values / STEP), -32000, 32000).astype(np.int16)


def unpacked(data: bytes) -> Model:
    """Return the model of these bytes."""
    every = np.frombuffer(gzip.decompress(data), "<i2").astype(np.int16)
    return Model(every[4:].copy(), every[:4].reshape(2, 2).copy())


@cache
def model() -> Model:
    """Return the model of this repository, read when first asked for."""
    return unpacked((HERE / WEIGHTS).read_bytes())


def _marks() -> kernels.Ints:
    """Return the marks of each character of the first plane."""
    table = np.zeros(0x10000, np.int64)
    for marked, mark in (
        (BORDERS, kernels.BORDER),
        (CLAUSE_ENDS, kernels.ENDS),
        ("的", kernels.OF),
        ("、", kernels.LISTED),
    ):
        for c in marked:
            table[ord(c)] |= mark
    return table


MARKS = _marks()


class _Numbers(dict[str, int]):
    """Numbers for words, the same on every machine."""

    def __missing__(self, word: str) -> int:
        if len(self) > 1 << 16:
            self.clear()
        self[word] = number = zlib.crc32(word.encode("utf-8", "surrogatepass"))
        return number


NUMBERS = _Numbers()


class Letters(NamedTuple):
    """The characters of a whole text, any digit as 0, and their marks; made once, and cut by sentences."""

    chars: kernels.Ints
    marks: kernels.Ints

    @classmethod
    def of(cls, text: str) -> Letters:
        """Return the letters of a text."""
        chars = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.int64)
        chars[(chars >= 48) & (chars <= 57)] = 48
        marks = MARKS[np.minimum(chars, 0xFFFF)]
        marks[[found.start() for found in VERB.finditer(text)]] |= kernels.VERB
        for relative in RELATIVE.finditer(text):
            marks[relative.start() : relative.end()] |= kernels.RELATIVE
        return cls(chars, marks)

    def cut(self, start: int, end: int) -> Letters:
        """Return the letters of a part of the text."""
        return Letters(self.chars[start:end], self.marks[start:end].copy())


class Windows(NamedTuple):
    """A sentence and the places around its figures, as the kernels want them: see `name_kernels.features`."""

    chars: kernels.Ints
    marks: kernels.Ints
    word_of: kernels.Ints
    words: kernels.Ints
    tags: kernels.Ints
    at: kernels.Ints
    about: kernels.Ints


def windows(text: str, letters: Letters, figures: list[Mention], seen: list[Seen]) -> Windows:
    """Return the places around each figure: up to two clauses before its own, and its own to the end."""
    chars, marks = letters
    for place in seen:
        marks[place.start : place.end] |= kernels.PLACE
    for figure in figures:
        marks[figure.start : figure.end] |= kernels.FIGURE
    begins = [0, 0, *(np.flatnonzero(marks & kernels.ENDS) + 1).tolist()]
    at, about = [], []
    for m in figures:
        low, high = m.clause
        earlier = begins[: max(2, bisect_left(begins, low))]
        last = max(m.end, min(high, m.end + FORTH))
        left = max([low, *(f.end for f in figures if f.end <= m.start)])
        right = min([last, *(f.start for f in figures if f.start >= m.end)])
        at.append(
            (m.start, m.end, low, high, left, right, earlier[-1], max(earlier[-2], m.start - BACK), last)
        )
        about.append((KIND.get(m.kind, -1), NUMBERS[m.unit], ROLE.get(m.role, -1)))
    return Windows(chars, marks, *_words(text), np.array(at, np.int64), np.array(about, np.int64))


def _words(text: str) -> tuple[kernels.Ints, kernels.Ints, kernels.Ints]:
    """Return the word of each character, counted from 1, then numbers for the words and their parts of speech."""
    found = rjieba.tag(text, False)
    words = [kernels.EDGE, *[NUMBERS[word] for word, _tag in found], kernels.EDGE]
    tags = [kernels.EDGE, *[NUMBERS[tag] for _word, tag in found], kernels.EDGE]
    lengths = [len(word) for word, _tag in found]
    return np.arange(1, len(found) + 1).repeat(lengths), np.array(words), np.array(tags)


def parts(text: str, letters: Letters, figures: list[Mention], seen: list[Seen]) -> list[list[int]]:
    """Return for each figure of a sentence the characters that belong to its name, as places in the sentence."""
    around, learned = windows(text, letters, figures, seen), model()
    found = []
    for at, about in zip(around.at, around.about, strict=True):
        ids, begins = kernels.features(*around[:5], at, about)
        labels = np.flatnonzero(kernels.kept(ids, begins, learned.weights, learned.change))
        start, end, first = int(at[0]), int(at[1]), int(at[7])
        places = (first + i if first + i < start else first + i - 1 - start + end for i in labels.tolist())
        found.append([i for i in places if i != end - 1 and text[i] not in LEFT_OUT])
    return found
