"""Reads the documents of this repository: their fenced blocks, links and names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```\s*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\((?!https?:|mailto:)(?P<target>[^)\s#]*)(?:#(?P<anchor>[^)\s]*))?\)")
SETTING = re.compile(r"\bTONGXIN_[A-Z_]+[A-Z]\b")


@dataclass(frozen=True)
class Block:
    """One fenced block: ```sh run``` is run by the tests; ```text output``` after it says what it prints."""

    path: Path
    line: int
    info: tuple[str, ...]
    body: str

    @property
    def where(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}"

    @property
    def is_shell(self) -> bool:
        return self.info[:1] in {("sh",), ("bash",), ("console",)}

    @property
    def is_run(self) -> bool:
        return self.info[:2] == ("sh", "run")


def documents() -> list[Path]:
    """Every Markdown file for a reader, in a stable order."""
    apart = {"node_modules", "var", "test-results"}
    return sorted(
        path
        for path in ROOT.rglob("*.md")
        if not any(part in apart or part.startswith(".") for part in path.relative_to(ROOT).parts)
    )


def blocks(path: Path) -> list[Block]:
    """The fenced blocks of one document, in order."""
    text = path.read_text("utf-8")
    return [
        Block(path, text.count("\n", 0, match.start()) + 1, tuple(match["info"].split()), match["body"])
        for match in FENCE.finditer(text)
    ]


def commands(block: Block, name: str) -> list[list[str]]:
    """The words after `name` in each line of a block that calls it; options end the list."""
    found = []
    for line in block.body.replace("\\\n", " ").splitlines():
        for part in re.split(r"\||&&|;|\$\(", line.split(" #")[0].removeprefix("$ ")):
            words = [word for word in part.split() if not re.fullmatch(r"[A-Z_]+=\S*", word)]
            if words and Path(words[0]).name == name:
                found.append(words[1:])
    return found
