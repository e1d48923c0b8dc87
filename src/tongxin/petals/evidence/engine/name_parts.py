"""The parts of a sentence that make up the name of a figure, learned from examples (`data/name_examples.txt`)."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from tongxin.petals.evidence.engine import name_kernels as kernels
from tongxin.petals.evidence.engine.facts import Mention
from tongxin.petals.evidence.engine.places import Seen
from tongxin.petals.evidence.engine.tables import HERE, rows
from tongxin.petals.evidence.engine.trie import Finder, codes

WEIGHTS = "name_weights.gz"
VOCABULARY = "name_vocabulary.csv"
STEP = 1 / 64  # weights are kept as whole numbers of this
CLAUSE_ENDS = frozenset("，。；,;：:")
LEFT_OUT = CLAUSE_ENDS | {"、", " ", "\u3000", "*"}
BORDERS = LEFT_OUT | frozenset("“”（）()")
VERBS = ("了", "将", "已", "达", "实现", "完成", "建成", "增长", "是", "为", "均", "在", "由")
KIND = {
    kind: i for i, kind in enumerate((
        "money", "count", "person", "area", "length", "mass", "volume", "energy", "power", "data", "time", "percent",
        "points", "rate", "ratio", "measure", "days",
    ))
}  # fmt: skip
ROLE = {role: i for i, role in enumerate(("main", "change", "points", "share"))}


class Sentence(NamedTuple):
    """A sentence with its figures, its places, and 我市, 三地 …; `at`: where it begins in its text."""

    text: str
    figures: list[Mention]
    seen: list[Seen]
    relatives: list[re.Match[str]]
    at: int = 0


Parts = Callable[[list[Sentence]], list[list[int]]]


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
        (LEFT_OUT, kernels.LEFT_OUT),
        ("的", kernels.OF),
        ("、", kernels.LISTED),
        ([verb for verb in VERBS if len(verb) == 1], kernels.VERB),
    ):
        for c in marked:
            table[ord(c)] |= mark
    return table


MARKS = _marks()
PAIRS = np.array([[ord(c) for c in verb] for verb in VERBS if len(verb) == 2], np.int64)


@cache
def _number(unit: str) -> int:
    """Return a number for a unit, the same on every machine."""
    return zlib.crc32(unit.encode("utf-8", "surrogatepass"))


@cache
def vocabulary() -> Finder:
    """Return what finds the words of our sentences, read when first asked for."""
    return Finder(row["word"] for row in rows(VOCABULARY))


class Windows(NamedTuple):
    """The sentences of a text one behind the other, and the places around their figures: see `kernels.features`."""

    chars: kernels.Ints
    marks: kernels.Ints
    word_of: kernels.Ints
    words: kernels.Ints
    at: kernels.Ints
    about: kernels.Ints


def windows(sentences: list[Sentence]) -> Windows:
    """Return the places around each figure: up to two clauses before its own, and its own to the end."""
    spans: list[tuple[int, int, int]] = []
    figures: list[tuple[int, int, int, int, int, int, int]] = []
    about: list[tuple[int, int, int]] = []
    begin = 0
    for text, mine, seen, relatives, _at in sentences:
        first, last = len(figures), len(figures) + len(mine)
        spans += [(begin + p.start, begin + p.end, kernels.PLACE) for p in seen]
        for relative in relatives:
            start, end = relative.span()
            spans.append((begin + start, begin + end, kernels.RELATIVE))
        for m in mine:
            low, high = m.clause
            figures.append((begin + m.start, begin + m.end, begin + low, begin + high, begin, first, last))
            about.append((KIND.get(m.kind, -1), _number(m.unit), ROLE.get(m.role, -1)))
        begin += len(text) + 1
    chars = codes("\n".join([*[s.text for s in sentences], ""]))
    words = kernels.words(chars, vocabulary().found(chars))
    told = np.array(figures, np.int64).reshape(-1, 7)
    marks = kernels.marked(chars, MARKS, PAIRS, np.array(spans, np.int64).reshape(-1, 3), told)
    return Windows(
        chars, marks, *words, kernels.around(marks, told), np.array(about, np.int64).reshape(-1, 3)
    )


def parts(sentences: list[Sentence]) -> list[list[int]]:
    """Return for each figure of some sentences the characters that belong to its name, as places in its sentence."""
    if not sentences:
        return []
    learned = model()
    places, ends = kernels.chains(*windows(sentences), learned.weights, learned.change)
    found: list[list[int]] = []
    begin = start = 0
    each, last = places.tolist(), iter(ends.tolist())
    for sentence in sentences:
        for _m in sentence.figures:
            end = next(last)
            found.append([i - begin for i in each[start:end]])
            start = end
        begin += len(sentence.text) + 1
    return found
