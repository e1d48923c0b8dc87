"""What the documents say is true: their commands run, their links lead somewhere, their settings exist."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.docs.documents import LINK, ROOT, SETTING, Block, blocks, commands, documents
from tests.support import kept_files

BIN = Path(sys.executable).parent
SOURCE = ROOT / "src" / "tongxin"
READMES = (ROOT / "README.md", ROOT / "README.zh.md")
pytestmark = pytest.mark.docs
TARGETS = re.compile(r"^([a-z-]+):", re.MULTILINE)


def runnable() -> Iterator[Any]:
    for path in documents():
        if path != READMES[1] and any(
            block.is_run for block in blocks(path)
        ):  # the other README's, word for word
            yield pytest.param(path, id=str(path.relative_to(ROOT)))


@pytest.mark.django_db  # makes the empty tables that all begin with: without a mark nothing is set up
@pytest.mark.parametrize("path", list(runnable()))
def test_the_commands_of_a_document_run(path: Path, tmp_path: Path) -> None:
    """In order, each block on what the one before it left, in a data folder and a home of their own."""
    environment = {
        **{
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TONGXIN_", "DJANGO_", "PYTEST_"))
        },
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "HOME": str(tmp_path),
        "TONGXIN_MODE": "demo",
        "TONGXIN_DATA": str(tmp_path / "data"),
        "WORK": str(tmp_path),
        "TMPDIR": str(tmp_path),
    }
    for data in (
        "data",
        "node-wuqing",
        "node-tongzhou",
    ):  # `make demo` is started from nothing in test_two_commands
        (tmp_path / data).mkdir()
        kept_files.copy_to(tmp_path / data / "tongxin.sqlite3")
    if path == READMES[0]:  # works as it stands, by copy and paste
        environment["PATH"] = os.environ.get("PATH", os.defpath).replace(f"{BIN}{os.pathsep}", "")
        del environment["TONGXIN_MODE"], environment["WORK"]
    all_blocks = blocks(path)
    for block, after in zip(all_blocks, [*all_blocks[1:], None], strict=True):
        if not block.is_run:
            continue
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block.body],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=900,  # servers start in some; cores may be slow, or do much else
            check=False,
        )
        assert done.returncode == 0, (
            f"{block.where} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        )
        if after is not None and after.info[:2] == ("text", "output"):
            assert_printed(after, done.stdout)


def test_both_readmes_give_the_same_commands() -> None:
    """A line of the one stands in the other; what follows a sign of comment is in the reader's language."""
    ours, theirs = (
        [
            line.split("  #")[0].rstrip()
            for block in blocks(path)
            for line in (*block.info, *block.body.splitlines())
        ]
        for path in READMES
    )
    assert ours == theirs
    assert all("TONGXIN_PORT" in path.read_text("utf-8") for path in READMES)


def assert_printed(expected: Block, output: str) -> None:
    """Each line the document shows was printed, in that order; … stands for anything."""
    left = output.splitlines()
    for line in filter(str.strip, expected.body.splitlines()):
        pattern = re.compile(".*".join(map(re.escape, re.split("…", line.rstrip()))))
        index = next(
            (number for number, printed in enumerate(left) if pattern.fullmatch(printed.rstrip())), None
        )
        assert index is not None, (
            f"{expected.where} shows a line that was not printed: {line!r}\nprinted:\n{output}"
        )
        left = left[index + 1 :]


def test_links_lead_to_files() -> None:
    dead = [
        f"{path.relative_to(ROOT)}: {match['target']}"
        for path in documents()
        for match in LINK.finditer(path.read_text("utf-8"))
        if match["target"] and not (path.parent / match["target"]).exists()
    ]
    assert dead == []


def test_every_command_in_the_documents_exists() -> None:
    from click import Command, Context, Group

    from tongxin.site.cli import root

    unknown = []
    for path in documents():
        for block in filter(lambda block: block.is_shell, blocks(path)):
            for words in commands(block, "tongxin"):
                command: Command = root
                for word in without_options(words):
                    if not isinstance(command, Group):
                        break
                    found = command.get_command(Context(command), word)
                    if found is None:
                        unknown.append(f"{block.where}: tongxin {' '.join(words)}")
                        break
                    command = found
    assert unknown == []


def without_options(words: list[str]) -> list[str]:
    """The words of a command before its own options; `--mode run` and the like of the root are skipped."""
    left = list(words)
    while left and left[0] in {"--mode", "--token", "--key"}:
        left = left[2:]
    return list(itertools.takewhile(lambda word: not word.startswith("-"), left))


def test_every_make_target_in_the_documents_exists() -> None:
    targets = set(TARGETS.findall((ROOT / "Makefile").read_text("utf-8")))
    unknown = [
        f"{block.where}: make {words[0]}"
        for path in documents()
        for block in blocks(path)
        if block.is_shell
        for words in commands(block, "make")
        if words and not words[0].startswith("-") and words[0] not in targets
    ]
    assert unknown == []


def test_settings_are_documented_and_documented_settings_exist() -> None:
    read = {
        name
        for path in SOURCE.rglob("*.py")
        if "tests" not in path.parts
        for name in SETTING.findall(path.read_text("utf-8"))
    }
    page = ROOT / "docs" / "operate.md"
    assert page.exists(), "docs/operate.md says what an operator can set"
    named = {name for path in documents() for name in SETTING.findall(path.read_text("utf-8"))}
    own = {
        "TONGXIN_TEST_DB",
        "TONGXIN_TEST_DATABASE_URL",
        "TONGXIN_OWN_NODE",
    }  # of the tests and of tools/setup.sh
    assert sorted(named - read - own) == [], "named in a document, read nowhere"
    assert sorted(read - set(SETTING.findall(page.read_text("utf-8")))) == [], (
        "read, but not in docs/operate.md"
    )


def test_every_make_target_has_a_line_in_setup() -> None:
    """Machines without make run tools/setup.sh; nothing may be in the Makefile alone."""
    script = (ROOT / "tools" / "setup.sh").read_text("utf-8")
    for target in TARGETS.findall((ROOT / "Makefile").read_text("utf-8")):
        assert re.search(rf"tools/setup\.sh {target}\b", script) or target == "help", target
    assert shutil.which("bash")


def test_the_language_reference_is_what_the_code_says() -> None:
    from tongxin.heart.agreements.reference import page

    assert (ROOT / "docs" / "language.md").read_text("utf-8") == page(), (
        "run: TONGXIN_MODE=test tongxin agreements reference > docs/language.md"
    )
