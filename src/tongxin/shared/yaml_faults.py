"""Says in our own words what a YAML parser could not read: where, which line, and what the usual mend is.

The parser's own English is looked at to find the reason and is never shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from ruamel.yaml.error import MarkedYAMLError

SHOWN = 80  # signs of the line that are shown

_GLUED = re.compile(r"^\s*(?:- )?\s*[^\s:#'\"\[\]{}]+(?::(?=[^\s/])|：)")  # `key:value` or a full-width colon
_KEY = re.compile(r"^\s*(?:- )?\s*[\w.-]+:(?:\s|$)")
_FOUND = re.compile(r"character '(.+?)'")


@dataclass(frozen=True)
class Spot:
    """A place in a text: line and column, both counted from 1, and the reason."""

    line: int
    column: int
    why: str


def broken(error: MarkedYAMLError, lines: Sequence[str]) -> tuple[int, str]:
    """Return the line of the fault, and the whole sentence: column, reason with the usual mend, and the line itself."""
    spot = _spot(error, lines)
    line = min(max(spot.line, 1), max(len(lines), 1))
    while line > 1 and not _text(lines, line):
        line -= 1  # the end of the file: the last line that says something
    column = spot.column if line == spot.line else len(lines[line - 1]) + 1
    said = {"column": column, "why": spot.why, "text": _text(lines, line)[:SHOWN]}
    return line, _("column %(column)d: %(why)s. The line: %(text)s") % said


def _text(lines: Sequence[str], line: int) -> str:
    return lines[line - 1].replace("\t", "→").strip() if 0 < line <= len(lines) else ""


def _spot(error: MarkedYAMLError, lines: Sequence[str]) -> Spot:
    """Return where the fault is for a person, which is not always where the parser gave up, and why."""
    problem, context = str(error.problem or ""), str(error.context or "")
    at, opened = _place(error.problem_mark), _place(error.context_mark)
    line, column = at or opened or (1, 1)
    if tab := _tab(lines, line):
        return Spot(*tab, _("a tab stands here: indent with spaces"))
    if "quoted scalar" in context and opened and "escape" not in problem:
        return Spot(*opened, _("the quotation mark that opens here is never closed"))
    if "escape" in problem:
        return Spot(
            line, column, _("a backslash begins an escape in double quotes: put the text into single quotes")
        )
    if opened and "flow" in context:
        return _bracket(error, opened, line, column)
    if problem.startswith("mapping values"):
        return _colon(lines, line, column)
    if "could not find expected ':'" in problem and opened:
        return _without_colon(lines, *opened)
    if "block scalar" in context:
        return Spot(line, column, _("after | or > the text begins on the next line"))
    if found := _FOUND.search(problem):
        reason = _("a value does not begin with %(sign)s: put it into quotation marks")
        return Spot(line, column, reason % {"sign": found[1]})
    if problem.startswith("sequence entries"):
        return Spot(line, column, _("a list begins on a line of its own, below its key"))
    return _place_of_block(problem, lines, line, column)


def _place(mark: Any) -> tuple[int, int] | None:
    return (mark.line + 1, mark.column + 1) if mark else None


def _tab(lines: Sequence[str], line: int) -> tuple[int, int] | None:
    """Return where a tab indents the line, or the one above it."""
    for number in (line, line - 1):
        text = lines[number - 1] if 0 < number <= len(lines) else ""
        indent = text[: len(text) - len(text.lstrip())]
        if "\t" in indent:
            return number, indent.index("\t") + 1
    return None


def _bracket(error: MarkedYAMLError, opened: tuple[int, int], line: int, column: int) -> Spot:
    sign = "{" if "mapping" in str(error.context) else "["
    if opened[0] != line:
        return Spot(*opened, _("the bracket %(sign)s that opens here is never closed") % {"sign": sign})
    reason = _("between %(sign)s and its closing bracket a comma is missing, or a text needs quotation marks")
    return Spot(line, column, reason % {"sign": sign})


def _colon(lines: Sequence[str], line: int, column: int) -> Spot:
    """Say why a colon cannot be read where it stands."""
    before = lines[line - 1][: column - 1] if line <= len(lines) else ""
    if re.search(r":\s", before):
        return Spot(line, column, _("a second colon on one line: put the text into quotation marks"))
    above = next((n for n in range(line - 1, 0, -1) if lines[n - 1].strip()), 0)
    if above and _GLUED.match(lines[above - 1]):
        return _without_colon(lines, above, 1)
    if above and not _KEY.match(lines[above - 1]):
        return _without_colon(lines, above, 1)
    return Spot(line, _indent(lines, line) + 1, _indented())


def _without_colon(lines: Sequence[str], line: int, column: int) -> Spot:
    text = lines[line - 1] if line <= len(lines) else ""
    glued = _GLUED.match(text)
    if glued:
        return Spot(line, glued.end(), _("after the key a colon and a blank are needed: `key: value`"))
    return Spot(line, max(column, _indent(lines, line) + 1), _("a key without its colon: write `key: value`"))


def _place_of_block(problem: str, lines: Sequence[str], line: int, column: int) -> Spot:
    """Say why nothing may stand where the parser met it."""
    found = problem.rpartition("found")[2].strip().strip("'")
    text = _text(lines, line)
    if found in {"]", "}"}:
        reason = _("the closing bracket %(sign)s has no opening one")
        return Spot(line, column, reason % {"sign": found})
    if found == "<scalar>":
        reason = _(
            "after a quotation mark or a sign the value goes on: put the whole value into quotation marks"
        )
        return Spot(line, column, reason)
    if text.startswith("%"):
        return Spot(
            line, 1, _("a value does not begin with %(sign)s: put it into quotation marks") % {"sign": "%"}
        )
    if found in {"-", "?", "<block mapping start>", "<block sequence start>"}:
        return Spot(line, column, _indented())
    return Spot(
        line, column, _("this cannot be read: look at the indentation, the colons and the quotation marks")
    )


def _indent(lines: Sequence[str], line: int) -> int:
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return len(text) - len(text.lstrip())


def _indented() -> str:
    return _(
        "the indentation changes here: let the line begin under the keys, or the dashes, that it belongs to"
    )
