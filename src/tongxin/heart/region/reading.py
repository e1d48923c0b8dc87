"""Reads a pack's files with line numbers, so that a mistake is named by file, line, reason and nearest known word."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from tongxin.shared.errors import Refused

M = TypeVar("M", bound=BaseModel)
Loc = Sequence[int | str]


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in a file; `line` counts from 1, 0 is the file as a whole."""

    file: str
    line: int
    what: str
    nearest: str = ""

    def __str__(self) -> str:
        hint = f" (did you mean {self.nearest!r}?)" if self.nearest else ""
        return f"{self.file}:{self.line}: {self.what}{hint}"


class PackInvalid(Refused):
    """A region pack that cannot be loaded; nothing of it was (422)."""

    status = 422

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        listed = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(
            "pack_invalid",
            format_lazy("{}\n{}", _("The region pack is not sound:"), listed),
            todo=_("Mend the lines named above and load the pack again."),
        )

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word most like `word`, or nothing when none is like it.

    >>> nearest("ecology_buro", ["ecology_bureau", "weather_bureau"])
    'ecology_bureau'
    """
    return next(iter(get_close_matches(word, list(known), n=1, cutoff=0.5)), "")


@dataclass(frozen=True)
class Source:
    """A file that was read: its plain content, and where each part of it stands."""

    name: str
    content: Any
    tree: Any = None  # ruamel's tree, with positions
    row_lines: tuple[int, ...] = ()

    def line(self, loc: Loc) -> int:
        """Return the line of the part at `loc` (keys and indices from the top), or of the nearest part above it."""
        if self.row_lines:
            return self.row_lines[loc[0]] if loc and isinstance(loc[0], int) else 1
        node, line = self.tree, 1
        for step in loc:
            marks = getattr(node, "lc", None)
            if marks is None or not marks.data or (step not in marks.data):
                break
            line = marks.data[step][0] + 1
            node = node[step]
        return line

    def problem(self, loc: Loc, what: str, hint: str = "") -> Problem:
        """Return a problem at `loc`."""
        return Problem(self.name, self.line(loc), what, hint)


@dataclass
class Reader:
    """Reads the files under one folder and gathers every problem before it gives up."""

    root: Path
    words: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def yaml(self, path: Path) -> Source:
        """Read a YAML file; duplicate keys and broken syntax are problems."""
        name = self.name_of(path)
        try:
            tree = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise PackInvalid([*self.problems, Problem(name, 0, "the file is missing")]) from None
        except UnicodeDecodeError:
            raise PackInvalid([*self.problems, Problem(name, 0, "the file is not UTF-8")]) from None
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = f"{error.problem or error.context or 'broken YAML'}".split("\n", 1)[0]
            raise PackInvalid([*self.problems, Problem(name, mark.line + 1 if mark else 0, what)]) from None
        return Source(name, plain(tree), tree)

    def csv(self, path: Path, columns: Sequence[str]) -> Source:
        """Read a CSV file with `#` comments; exactly these columns, in any order."""
        name = self.name_of(path)
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            raise PackInvalid([*self.problems, Problem(name, 0, "the file is missing")]) from None
        kept = [(n, text) for n, text in enumerate(lines, 1) if text.strip() and not text.startswith("#")]
        rows = list(csv.reader(text for _, text in kept))
        numbers = [n for n, _ in kept]
        head = rows[0] if rows else []
        for column in sorted(set(head) ^ set(columns)):
            known = "missing" if column in columns else "unknown"
            hint = "" if column in columns else nearest(column, columns)
            self.problems.append(
                Problem(name, numbers[0] if numbers else 0, f"{known} column {column!r}", hint)
            )
        self.give_up_if_wrong()
        for n, row in zip(numbers[1:], rows[1:], strict=True):
            if len(row) != len(head):
                self.problems.append(Problem(name, n, f"{len(row)} cells where {len(head)} are wanted"))
        self.give_up_if_wrong()
        content = [dict(zip(head, row, strict=True)) for row in rows[1:]]
        return Source(name, content, row_lines=tuple(numbers[1:]))

    def model(self, source: Source, shape: type[M]) -> M | None:
        """Return the content of a source as a model, or None after keeping its problems."""
        found: M | None = self._validated(source, shape)
        return found

    def models(self, source: Source, shape: type[M]) -> list[M]:
        """Return the content of a source as a list of models, empty after keeping its problems."""
        found: list[M] | None = self._validated(source, list[shape])  # type: ignore[valid-type]
        return found or []

    def name_of(self, path: Path) -> str:
        """Return the file's name as the pack's own people know it."""
        return str(path.relative_to(self.root.parent))

    def give_up_if_wrong(self) -> None:
        """Raise PackInvalid with everything that was found so far, if anything was."""
        if self.problems:
            raise PackInvalid(self.problems)

    def _validated(self, source: Source, shape: Any) -> Any:
        try:
            return TypeAdapter(shape).validate_python(source.content)
        except ValidationError as error:
            for one in error.errors(include_url=False):
                loc = one["loc"]
                key = str(loc[-1]) if loc else ""
                where = ".".join(str(part) for part in loc) or "the file"
                unknown = one["type"] == "extra_forbidden"
                what = f"unknown key {key!r}" if unknown else f"{where}: {one['msg']}"
                hint = nearest(key, self.words) if unknown else ""
                self.problems.append(source.problem(loc, what, hint))
            return None


def plain(node: Any) -> Any:
    """Return ruamel's tree as plain dicts, lists and scalars."""
    if isinstance(node, dict):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    return node
