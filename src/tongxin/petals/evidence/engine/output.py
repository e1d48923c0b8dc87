"""Writes facts as a table and as JSON lines, and keeps a journal so that a broken run goes on where it stopped."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tongxin.petals.evidence.engine.facts import COLUMNS

DANGEROUS = ("=", "+", "@", "\t", "\r")


def safe(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def table(rows: Iterable[dict[str, str]], *, heading: bool = True) -> str:
    """Return rows as CSV with the columns of a table of facts."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(COLUMNS), lineterminator="\n", extrasaction="ignore")
    if heading:
        writer.writeheader()
    writer.writerows({k: safe(v) for k, v in row.items()} for row in rows)
    return out.getvalue()


@dataclass(slots=True)
class Journal:
    """Beside `out`: which files are in it, and up to where; what was written after the last line is cut off."""

    out: Path
    done: dict[str, int] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The file of the journal."""
        return self.out.with_name(self.out.name + ".journal")

    def resume(self) -> None:
        """Read the journal and cut the output to what it vouches for."""
        if not (self.path.exists() and self.out.exists()):
            return
        size = 0
        for line in self.path.read_text(encoding="utf-8").splitlines():
            try:
                entry = json.loads(line)
                mark, size = str(entry["file"]), int(entry["size"])
            except (ValueError, KeyError, TypeError):
                break  # the line that was being written when it stopped
            self.done[mark] = size
        os.truncate(self.out, min(size, self.out.stat().st_size))

    def start(self, heading: str) -> None:
        """Begin a new output, or go on behind what is there."""
        if not self.done:
            self.out.write_text(heading, encoding="utf-8")
            self.path.write_text("", encoding="utf-8")

    def add(self, mark: str, text: str) -> None:
        """Add the rows of a file; only then the journal says that they are there."""
        with self.out.open("a", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        size = self.out.stat().st_size
        self.done[mark] = size
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({"file": mark, "size": size}) + "\n")

    def finish(self) -> None:
        """The run is whole: the journal is not needed any more."""
        self.path.unlink(missing_ok=True)
