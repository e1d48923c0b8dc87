"""Writes facts as a table and as JSON lines, and keeps a journal so that a broken run goes on where it stopped."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tongxin.petals.evidence.engine.facts import COLUMNS

DANGEROUS = ("=", "+", "@", "\t", "\r")


HALVES = re.compile("[\ud800-\udfff]")


def safe(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula, and in which bytes without meaning are �."""
    text = HALVES.sub("\ufffd", text)
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
    partly: dict[str, list[str]] = field(default_factory=dict)  # of archives: the bulletins that are in it
    begun: bool = False

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
                parts = entry.get("parts")
            except (ValueError, KeyError, TypeError):
                break  # the line that was being written when it stopped
            if isinstance(parts, list):
                self.partly.setdefault(mark, []).extend(map(str, parts))
            else:
                self.done[mark] = size
        os.truncate(self.out, min(size, self.out.stat().st_size))

    def check(self, heading: str) -> bool:
        """Raise OSError where the output cannot be written; return whether it is new, or such a table.

        What stands in it is not touched.
        """
        with self.out.open("a+", encoding="utf-8", errors="replace") as stream:
            stream.seek(0)
            return stream.read(len(heading)) in ("", heading)

    def start(self, heading: str) -> None:
        """Begin a new output, once, or go on behind what is there."""
        if not (self.done or self.partly or self.begun):
            self.begun = True
            self.out.write_text(heading, encoding="utf-8")
            self.path.write_text("", encoding="utf-8")

    def add(self, mark: str, text: str, parts: list[str] | None = None) -> None:
        """Add the rows of a file; only then the journal says that they are there.

        `parts`: of an archive that was not read whole, the bulletins that were: the others are tried again.
        """
        with self.out.open("a", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        size = self.out.stat().st_size
        entry: dict[str, object] = {"file": mark, "size": size}
        if parts is None:
            self.done[mark] = size
        else:
            entry["parts"] = parts
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(entry) + "\n")

    def finish(self) -> None:
        """The run is whole: the journal is not needed any more."""
        self.path.unlink(missing_ok=True)
