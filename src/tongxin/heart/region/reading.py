"""Reads a pack's files: every mistake is kept, and named by file, line, reason and nearest known word."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, TypeAdapter, ValidationError

from tongxin.shared import reading
from tongxin.shared.errors import Refused
from tongxin.shared.reading import Fault, Source, nearest

M = TypeVar("M", bound=BaseModel)


class PackInvalid(Refused):
    """A region pack that cannot be loaded; nothing of it was (422)."""

    status = 422

    def __init__(self, problems: Iterable[Fault]) -> None:
        self.problems = sorted(problems)
        listed = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(
            "pack_invalid",
            format_lazy("{}\n{}", _("The region pack is not sound:"), listed),
            todo=_("Mend the lines named above and load the pack again."),
        )

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


@dataclass
class Reader:
    """Reads the files under one folder and gathers every problem before it gives up."""

    root: Path
    problems: list[Fault] = field(default_factory=list)

    def yaml(self, path: Path) -> Source:
        """Read a YAML file; one that cannot be read ends the reading."""
        try:
            return reading.read_path(path, name=self.name_of(path))
        except reading.Unreadable as error:
            raise PackInvalid([*self.problems, *error.faults]) from None

    def csv(self, path: Path, columns: Sequence[str]) -> Source:
        """Read a CSV file with `#` comments; exactly these columns, in any order."""
        name = self.name_of(path)
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            raise PackInvalid([*self.problems, Fault(name, 0, "the file is missing")]) from None
        kept = [(n, text) for n, text in enumerate(lines, 1) if text.strip() and not text.startswith("#")]
        rows = list(csv.reader(text for _, text in kept))
        numbers = [n for n, _ in kept]
        head = rows[0] if rows else []
        for column in sorted(set(head) ^ set(columns)):
            known = "missing" if column in columns else "unknown"
            hint = "" if column in columns else nearest(column, columns)
            self.problems.append(
                Fault(name, numbers[0] if numbers else 0, f"{known} column {column!r}", hint)
            )
        self.give_up_if_wrong()
        for n, row in zip(numbers[1:], rows[1:], strict=True):
            if len(row) != len(head):
                self.problems.append(Fault(name, n, f"{len(row)} cells where {len(head)} are wanted"))
        self.give_up_if_wrong()
        content = [dict(zip(head, row, strict=True)) for row in rows[1:]]
        return Source(name, content, rows=tuple(numbers[1:]))

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
            self.problems += source.fail(error, shape)
            return None
