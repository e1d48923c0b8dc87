"""Finds and reads the data files of the engine: comma-separated, with a heading; a folder of one's own may add."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise, zip_longest
from pathlib import Path

from tongxin.shared.phrases import phrase

HERE = Path(__file__).parent / "data"


def rows(name: str, more: Path | None = None) -> list[dict[str, str]]:
    """Return the rows of a table, a folder of one's own after ours. Raises ValueError, naming file and line."""
    _line, head, records = _opened(HERE / name)
    found = [dict(zip_longest(head, cells, fillvalue="")) for _at, cells in records]
    return found if more is None else found + [row for _at, row in own(name, more)]


def own(name: str, more: Path, needed: tuple[str, ...] = ()) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of one's own table, each with its line in the file; none where there is no such table.

    Raises ValueError, naming file and line: an unknown column, a needed one that is missing, too many or too few
    cells, no rows.
    """
    path = more / name
    if not path.exists():
        return []
    known = _opened(HERE / name)[1]
    line, head, records = _opened(path)
    if not head:
        raise _slip(path, line, phrase("the table is empty; fill it, or take it away"))
    said = {"columns": ", ".join(known)}
    for column in head:
        if column not in known:
            what = phrase("no column {column}; columns are {columns}", column=repr(column), **said)
            raise _slip(path, line, what)
    for column in needed:
        if column not in head:
            what = phrase(
                "no column {column}, and it is needed; columns are {columns}", column=repr(column), **said
            )
            raise _slip(path, line, what)
    found: list[tuple[int, dict[str, str]]] = []
    for at, cells in records:
        if len(cells) < len(head):
            raise _slip(
                path, at,
                phrase("{n} of {all} cells; an empty cell needs its comma too", n=len(cells), all=len(head)),
            )  # fmt: skip
        row = dict(zip(head, cells, strict=True))
        found.append((at, {column: row.get(column, "") for column in known}))
    if not found:
        raise _slip(path, line, phrase("no row under the heading; fill the table, or take it away"))
    return found


def place(path: Path, line: int) -> str:
    """Return how a line of a table is named in what is said of it."""
    return phrase("{file}, line {line}", file=path, line=line)


def _slip(path: Path, line: int, what: str) -> ValueError:
    return ValueError(phrase("{where}: {what}", where=place(path, line), what=what))


def _opened(path: Path) -> tuple[int, list[str], Iterator[tuple[int, list[str]]]]:
    """Return the line of the heading, the heading (empty where there is none), and the rows with their lines."""
    records = _records(path)
    line, head = next(records, (1, []))
    return line, head, _whole(path, records, len(head))


def _whole(
    path: Path, records: Iterator[tuple[int, list[str]]], columns: int
) -> Iterator[tuple[int, list[str]]]:
    for line, cells in records:
        if len(cells) > columns:
            raise _slip(
                path, line, phrase("more cells than columns; put a cell that has a comma into quotes")
            )
        yield line, cells


def _records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Return the cells of each row with the line in which it begins; empty lines and notes (#) are passed over."""
    at = first = 0

    def kept(lines: Iterable[str]) -> Iterator[str]:
        nonlocal at, first
        for number, line in enumerate(lines, start=1):
            if line.strip() and not line.startswith("#"):
                at, first = number, first or number
                yield line

    with path.open(encoding="utf-8-sig", newline="") as lines:
        try:
            for cells in csv.reader(kept(lines)):
                yield first, [cell.strip() for cell in cells]
                first = 0
        except csv.Error as error:
            raise _slip(path, at, phrase("the table is broken ({error})", error=str(error))) from error


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
