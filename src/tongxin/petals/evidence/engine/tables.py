"""Finds and reads the data files of the engine: comma-separated, with a heading; a folder of one's own may add."""

from __future__ import annotations

import csv
from functools import cache
from itertools import pairwise
from pathlib import Path

from tongxin.shared.phrases import phrase

HERE = Path(__file__).parent / "data"


def rows(name: str, more: Path | None = None) -> list[dict[str, str]]:
    """Return the rows of a table, a folder of one's own after ours. Raises ValueError, naming file and line."""
    found = _read(HERE / name)
    if more is not None and (more / name).exists():
        known = list(found[0])
        for line, row in enumerate(_read(more / name), start=2):
            unknown = sorted(set(row) - set(known))
            if unknown:
                raise ValueError(
                    phrase(
                        "{file}, line {line}: no column {column}; columns are {columns}",
                        file=more / name,
                        line=line,
                        column=repr(unknown[0]),
                        columns=", ".join(known),
                    )
                )
            found.append({column: row.get(column, "") for column in known})
    return found


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        kept = (line for line in lines if line.strip() and not line.startswith("#"))
        found: list[dict[str, str]] = []
        for number, row in enumerate(csv.DictReader(kept), start=2):
            if None in row:
                raise ValueError(
                    phrase(
                        "{path}, line {line}: more cells than columns; put a cell that has a comma into quotes",
                        path=path,
                        line=number,
                    )
                )
            found.append({k: (v or "").strip() for k, v in row.items()})
        return found


@cache
def simplified() -> dict[str, str]:
    """Return the simplified character of each traditional one."""
    return {row["traditional"]: row["simplified"] for row in rows("t2s.csv")}


@cache
def readings() -> dict[str, tuple[str, str]]:
    """Return of each reading (pinyin with its tone) the characters read so first, and those read so as well."""
    return {row["reading"]: (row["characters"], row["also"]) for row in rows("readings.csv")}


@cache
def reading_of() -> dict[str, str]:
    """Return the first reading of each character."""
    return {c: reading for reading, (chars, _also) in readings().items() for c in chars}


# Marks, digits and letters in running text: log2 of their chance.
MARKS = {
    **dict.fromkeys("，,", -4.0), "。": -4.6, **dict.fromkeys("、“”", -5.0), **dict.fromkeys("；;：:《》（）()", -7.0),
    **dict.fromkeys("0123456789", -6.0), **dict.fromkeys(".%\n", -6.0), **dict.fromkeys("—·！？!?‘’…", -9.0),
    **dict.fromkeys("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-+*[]/ ", -10.0),
}  # fmt: skip


class Language:
    """How well simplified characters follow one another: log2 of counts in public news and a word list."""

    __slots__ = ("_alone", "_pairs", "common")

    def __init__(self) -> None:
        self._alone: dict[str, int] = {}
        self._pairs: dict[str, int] = {}
        for line in (HERE / "bigrams.txt").read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                continue
            first, *groups = line.split(" ")
            self._alone[first[0]] = ord(first[1]) - 96
            for group in groups:
                level = ord(group[0]) - 96
                for then in group[1:]:
                    self._pairs[first[0] + then] = level
        self.common = frozenset(c for c, level in self._alone.items() if level >= 7)

    def pair(self, first: str, then: str) -> float:
        """Return log2 of the chance that `then` follows `first`, both one character."""
        level = self._pairs.get(first + then)
        if level is not None:
            return level - self._alone[first]
        if "\u4e00" <= then <= "\u9fff":
            if "\u4e00" <= first <= "\u9fff":
                return self._alone.get(then, -6) - 27.0
            return self._alone.get(then, -6) - 21.0  # after a mark: how common the character is
        if then == "\n":
            return -1.0 if first in "。”！？!?；;" else -7.0
        return MARKS.get(then, -16.0)

    def line(self, text: str) -> float:
        """Return the sum over a line."""
        return sum(self.pair(a, b) for a, b in pairwise(text))


@cache
def language() -> Language:
    """Return the one model of the language, read when first asked for."""
    return Language()
