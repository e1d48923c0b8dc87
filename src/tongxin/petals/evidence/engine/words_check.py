"""Checks a folder of one's own tables before it is used, so that a slip is said and not read over."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from pathlib import Path

from tongxin.petals.evidence.engine.tables import own, place, rows
from tongxin.shared.phrases import phrase

# Tables that one's own folder may hold: the cells that must not be empty, the column with a pattern.
TABLES = {
    "units.csv": (("form", "unit"), ""),
    "places.csv": (("name", "level"), ""),
    "zones.csv": (("name", "parent"), ""),
    "groups.csv": (("label", "members"), ""),
    "entities.csv": (("name",), ""),
    "indicators.csv": (("name", "finds"), "finds"),
    "themes.csv": (("theme", "finds"), "finds"),
    "masks.csv": (("pattern",), "pattern"),
    "name_words.csv": (("kind", "form"), ""),
    "phrases.csv": (("group", "finds"), "finds"),
    "alike_names.csv": (("form", "word"), ""),
    "vague_names.csv": (("name",), ""),
}


def check(more: Path) -> None:
    """Raise ValueError at the first thing in the folder that the reader would not understand, with file and line."""
    for path in sorted(more.glob("*.csv")):
        if path.name not in TABLES:
            raise ValueError(
                phrase(
                    "{file} is no table of the reader; tables are {tables}",
                    file=path.name,
                    tables=", ".join(TABLES),
                )
            )
    for name, (needed, pattern) in TABLES.items():
        for where, row in _own(name, more):
            for column in needed:
                if not row[column]:
                    raise ValueError(phrase("{where}: {column} is empty", where=where, column=column))
            if pattern:
                _pattern(where, pattern, row[pattern])
    _units(more)
    _places(more)
    _kinds_of_words(more)
    _groups_of_phrases(more)
    _indicators(more)


def _groups_of_phrases(more: Path) -> None:
    groups = sorted({row["group"] for row in rows("phrases.csv")})
    for where, row in _own("phrases.csv", more):
        if row["group"] not in groups:
            raise ValueError(
                phrase(
                    "{where}: no group {group}; groups are {groups}",
                    where=where,
                    group=repr(row["group"]),
                    groups=", ".join(groups),
                )
            )
        if row["group"] == "planned" and re.search("[\u4e00-\u9fff]", row["finds"]) is None:
            raise ValueError(phrase("{where}: finds has no Chinese character", where=where))


def _indicators(more: Path) -> None:
    units = {row["form"] for row in rows("units.csv", more)}
    themes = list(dict.fromkeys(row["theme"] for row in rows("themes.csv", more)))
    for where, row in _own("indicators.csv", more):
        if row["unit"] and row["unit"] not in units:
            raise ValueError(
                phrase(
                    "{where}: no unit {unit}; add it to units.csv",
                    where=where,
                    unit=repr(row["unit"]),
                )
            )
        if row["theme"] and row["theme"] not in themes:
            raise ValueError(
                phrase(
                    "{where}: no theme {theme}; themes are {themes}; add it to themes.csv",
                    where=where,
                    theme=repr(row["theme"]),
                    themes=", ".join(themes),
                )
            )


def _pattern(where: str, column: str, pattern: str) -> None:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(
            phrase(
                "{where}: {column} is no regular expression: {error}",
                where=where,
                column=column,
                error=str(error),
            )
        ) from error
    if compiled.match(""):
        raise ValueError(
            phrase("{where}: {column} fits an empty text, and so everything", where=where, column=column)
        )


def _units(more: Path) -> None:
    kinds = sorted({row["kind"] for row in rows("units.csv")})
    for where, row in _own("units.csv", more):
        try:
            good = not row["times"] or Decimal(row["times"]) > 0
        except InvalidOperation:
            good = False
        if not good:
            raise ValueError(
                phrase(
                    "{where}: times is {times}, not a number above 0",
                    where=where,
                    times=repr(row["times"]),
                )
            )
        if row["kind"]:
            _kind(where, row["kind"], kinds)


def _kinds_of_words(more: Path) -> None:
    kinds = sorted({row["kind"] for row in rows("name_words.csv")})
    for where, row in _own("name_words.csv", more):
        _kind(where, row["kind"], kinds)


def _kind(where: str, kind: str, kinds: list[str]) -> None:
    if kind not in kinds:
        raise ValueError(
            phrase(
                "{where}: no kind {kind}; kinds are {kinds}",
                where=where,
                kind=repr(kind),
                kinds=", ".join(kinds),
            )
        )


def _places(more: Path) -> None:
    places = rows("places.csv", more)
    known = {row["name"] for row in (*places, *rows("zones.csv", more))}
    known |= {row["label"] for row in rows("groups.csv", more)}
    levels = sorted({row["level"] for row in rows("places.csv")})
    for where, row in _own("places.csv", more):
        if row["level"] not in levels:
            raise ValueError(
                phrase(
                    "{where}: no level {level}; levels are {levels}",
                    where=where,
                    level=repr(row["level"]),
                    levels=", ".join(levels),
                )
            )
        _known(where, [row["parent"]] if row["parent"] else [], known)
    for where, row in _own("zones.csv", more):
        _known(where, [row["parent"]], known)
    for where, row in _own("groups.csv", more):
        if row["shown"] not in ("", "by name", "in context"):
            raise ValueError(
                phrase(
                    "{where}: shown is {shown}; leave it empty, or write: by name, in context",
                    where=where,
                    shown=repr(row["shown"]),
                )
            )
    for name, column in (("groups.csv", "members"), ("entities.csv", "places")):
        for where, row in _own(name, more):
            itself = {row["label"]} if name == "groups.csv" else set()
            _known(where, [p for p in row[column].split(";") if p], known | itself)


def _known(where: str, names: list[str], known: set[str]) -> None:
    for name in names:
        if name not in known:
            raise ValueError(
                phrase(
                    "{where}: no place {name}; give the full name, or add it to places.csv",
                    where=where,
                    name=repr(name),
                )
            )


def _own(name: str, more: Path) -> list[tuple[str, dict[str, str]]]:
    """Return one's own rows, each with its file, line and first word as they are said."""
    try:
        found = own(name, more, TABLES[name][0])
    except UnicodeDecodeError as error:
        raise ValueError(phrase("{file} is not UTF-8; save it as “CSV UTF-8”", file=more / name)) from error
    said = [(place(more / name, line), next(filter(None, row.values()), "")) for line, row in found]
    return [
        (phrase("{where} ({word})", where=where, word=word) if word else where, row)
        for (where, word), (_line, row) in zip(said, found, strict=True)
    ]
