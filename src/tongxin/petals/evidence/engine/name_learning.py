"""Learns which parts of a sentence make up the name of a figure, from sentences whose figures are named.

A sentence of `data/name_examples.txt` tells its names in place: 新签约项目⟦35个|新签约项目数⟧.
`tools/evidence_names.py` learns from these and from labels of public texts, and writes what `name_parts` reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from tongxin.petals.evidence.engine import name_kernels as kernels
from tongxin.petals.evidence.engine import name_parts, reader
from tongxin.petals.evidence.engine.facts import Fact, Mention, Source
from tongxin.petals.evidence.engine.repair import repair

EXAMPLES = "name_examples.txt"
MARKED = re.compile(r"⟦(?P<figure>[^⟦⟧|]+)\|(?P<name>[^⟦⟧|]+)⟧")
EPOCHS, SEEDS = 12, range(1, 6)
NOT_NAMED = frozenset("，。；、\0")


@dataclass(frozen=True, slots=True)
class Example:
    """The places around a figure, which of them its name has (1 for kept), the name told, and the fact read."""

    ids: kernels.Ids
    begins: kernels.Bytes
    wanted: kernels.Bytes
    name: str
    fact: Fact


def marked(line: str) -> tuple[str, list[tuple[int, int, str]]]:
    """Return a sentence without marks, and start, end and name of its figures. Raises ValueError for a broken mark."""
    plain, spans, at = "", [], 0
    for mark in MARKED.finditer(line):
        plain += line[at : mark.start()]
        spans.append((len(plain), len(plain) + len(mark["figure"]), mark["name"]))
        plain += mark["figure"]
        at = mark.end()
    plain += line[at:]
    if "⟦" in plain or "⟧" in plain:
        raise ValueError(f"a mark is not ⟦figure|name⟧: {line}")
    return plain, spans


def wanted(text: str, around: list[int], m: Mention, name: str) -> kernels.Bytes:
    """Return which places of a window a name has: its longest pieces that stand in the text, nearest to the figure.

    `around`: places in the text, -1 for the figure itself. A piece has two characters at least.
    """
    chars = [text[i] if i >= 0 else "\0" for i in around]
    labels = np.zeros(len(around), np.uint8)
    used = [False] * len(name)
    while True:
        best = (0.0, 0, 0, 0)
        for i, place in enumerate(around):
            for j in range(len(name)):
                k = 0
                while (
                    i + k < len(chars) and j + k < len(name) and not used[j + k] and not labels[i + k]
                    and chars[i + k] == name[j + k] and chars[i + k] not in NOT_NAMED
                ):  # fmt: skip
                    k += 1
                if k >= 2:
                    off = m.start - place if place < m.start else place - m.end
                    inside = 0.2 if place >= m.clause[0] else 0.0
                    edge = 0.3 if i == 0 or chars[i - 1] in NOT_NAMED else 0.0
                    best = max(best, (k + inside - off / 1000 + edge, i, j, k))
        if not best[0]:
            return labels
        _worth, i, j, k = best
        labels[i : i + k] = 1
        used[j : j + k] = [True] * k


def windows(text: str, source: Source, told: list[tuple[int, int, str]]) -> Iterator[Example]:
    """Read a text and return the windows of its figures whose names are told by start, end and name."""
    met: list[name_parts.Sentence] = []

    def watched(sentences: list[name_parts.Sentence]) -> list[list[int]]:
        met.extend(sentences)
        return [[] for sentence in sentences for _m in sentence.figures]

    facts = reader.read(repair(text), source, parts=watched)
    read = {fact.number: fact for fact in facts}
    figures = [(sentence, m) for sentence in met for m in sentence.figures]
    begins_at = accumulate((len(s.text) + 1 for s in met), initial=0)
    begin_of = [begin for sentence, begin in zip(met, begins_at, strict=False) for _m in sentence.figures]
    around = name_parts.windows(met)
    for n, (sentence, m) in enumerate(figures):
        fact = read[sentence.at + m.start, sentence.at + m.end]
        name = next((n for a, b, n in told if fact.number[0] < b and a < fact.number[1]), None)
        if name:
            ids, begins = kernels.features(*around[:4], around.at[n], around.about[n])
            start, end, first, last = (int(around.at[n, i]) - begin_of[n] for i in (0, 1, 7, 8))
            labels = wanted(sentence.text, [*range(first, start), -1, *range(end, last)], m, name)
            yield Example(ids, begins, by_words(labels, begins), name, fact)


def by_words(labels: kernels.Bytes, begins: kernels.Bytes) -> kernels.Bytes:
    """Return labels that are the same within a word: kept where half of its characters are."""
    starts = np.flatnonzero(begins)
    lengths = np.diff([*starts, len(labels)])
    return np.repeat(2 * np.add.reduceat(labels.astype(np.int64), starts) >= lengths, lengths).astype(
        np.uint8
    )


def learned(examples: list[Example], seeds: range = SEEDS) -> name_parts.Model:
    """Return the model of these examples: the mean of several, each of which saw them in another order."""
    bounds = np.cumsum([0, *(len(w.wanted) for w in examples)]).astype(np.int64)
    ids = np.concatenate([w.ids for w in examples])
    begins = np.concatenate([w.begins for w in examples])
    kept = np.concatenate([w.wanted for w in examples])
    found = [kernels.fit(ids, begins, kept, bounds, EPOCHS, seed) for seed in seeds]
    return name_parts.rounded(
        np.mean([weights for weights, _change in found], axis=0),
        np.mean([change for _weights, change in found], axis=0),
    )
