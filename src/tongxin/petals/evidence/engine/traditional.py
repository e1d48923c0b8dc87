"""Turns traditional passages into simplified ones, with the words of gateways; a simplified passage stays as it is."""

from __future__ import annotations

import re
from functools import cache

from tongxin.petals.evidence.engine.edits import Edit
from tongxin.petals.evidence.engine.gbk import LETTERS
from tongxin.petals.evidence.engine.tables import reading_of, rows, simplified
from tongxin.petals.evidence.engine.trie import any_of

# These stand in simplified text as well (显著, 乾隆, 哪吒, 慰藉, 瞭望): alone they prove nothing.
NO_PROOF = frozenset("著乾吒藉瞭徵祇麽鍾於覆摺锺餘昇喆堃淼硃麯甯閤阪峯濬")
BRACKET = re.compile(rf"\(([{LETTERS}]{{1,24}})\)")
TONED = re.compile("[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]")


@cache
def _proof() -> re.Pattern[str]:
    return re.compile("[" + "".join(sorted(set(simplified()) - NO_PROOF)) + "]")


@cache
def _words() -> tuple[re.Pattern[str], dict[str, str], dict[str, str]]:
    """Return what finds a word or character to be changed, what words become, and the rule of each."""
    become: dict[str, str] = {}
    rule: dict[str, str] = {}
    table = simplified()
    for row in rows("t2s_words.csv"):
        become[row["traditional"]], rule[row["traditional"]] = row["simplified"], "traditional word"
    for row in rows("gateway_words.csv"):
        become[row["shown"]], rule[row["shown"]] = row["meant"], "gateway word"
        for kept in row["unless"].split():
            become[kept], rule[kept] = "".join(table.get(c, c) for c in kept), "traditional"
    return re.compile(f"{any_of(become)}|[{''.join(sorted(table))}]+?"), become, rule


def traditional_lines(text: str) -> list[tuple[int, int]]:
    """Return the lines that are traditional: at least two characters that only traditional text has, one in 25."""
    if _proof().search(text) is None:
        return []
    lines: list[tuple[int, int, int]] = []
    at = 0
    for line in text.split("\n"):
        count = len(_proof().findall(line))
        lines.append((at, at + len(line), count))
        at += len(line) + 1
    total = sum(c for *_, c in lines)
    whole = total >= 20 and total >= 0.05 * len(text)
    return [
        (start, end)
        for start, end, count in lines
        if (count >= 2 and count >= 0.04 * (end - start)) or (whole and count >= 1)
    ]


def simplify(text: str) -> list[Edit]:
    """Return the edits that make the traditional lines of a text simplified."""
    found: list[Edit] = []
    spans = traditional_lines(text)
    if not spans:
        return found
    finder, become, rule = _words()
    table = simplified()
    for start, end in spans:
        run_at, run_end = -1, -1  # a run of single characters
        for match in finder.finditer(text, start, end):
            old = match[0]
            if old in become:
                if become[old] != old:
                    sure = 0.8 if rule[old] == "gateway word" else 0.98
                    found.append(Edit(match.start(), old, become[old], rule[old], sure))
                continue
            if run_end != match.start():
                found += _run(text, run_at, run_end, table)
                run_at = match.start()
            run_end = match.end()
        found += _run(text, run_at, run_end, table)
    return found


def _run(text: str, start: int, end: int, table: dict[str, str]) -> list[Edit]:
    old = text[max(start, 0) : max(end, 0)]
    return [Edit(start, old, "".join(table[c] for c in old), "traditional")] if old else []


def _reads(text: str, at: int, reading: str) -> bool:
    """Whether the last characters before a bracket are read as it says."""
    known = reading_of()
    said = ""
    for back in range(1, 5):
        if at - back < 0:
            return False
        said = known.get(text[at - back], "\0") + said
        if said == reading:
            return True
        if len(said) > len(reading):
            return False
    return False


def readings_in_brackets(text: str, mended: bool) -> list[Edit]:
    """Return the edits that take away readings in brackets; `mended`: half-lost places were found, it is a mirror."""
    found = list(BRACKET.finditer(text)) if "(" in text else []
    toned = sum(bool(TONED.search(m[1])) for m in found)
    if not found or (toned < 3 and not mended):
        return []
    edits: list[Edit] = []
    for match in found:
        before = text[match.start() - 1] if match.start() else ""
        if TONED.search(match[1]) and not before.isspace():
            edits.append(Edit(match.start(), match[0], "", "reading in brackets", 0.99))
        elif _reads(text, match.start(), match[1]):
            edits.append(Edit(match.start(), match[0], "", "reading in brackets", 0.95))
    return edits
